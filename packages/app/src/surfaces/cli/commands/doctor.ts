/** @module `clew doctor`: is all well, and what could not be read. */
import { clewPaths } from "../../../base/paths.ts";
import { type DoctorAnswer, type DoctorCheck, doctorReport } from "../../../query/doctor.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import type { Output } from "../output.ts";
import { bytes, count, when } from "../render/formats.ts";
import { bold, dim, styled } from "../render/piece.ts";
import { fitWidth } from "../render/width.ts";

export const doctorCommand: CliCommand = {
  summary: "check the archive, and show the input that could not be read with its raw lines",
  operands: "",
  arity: [0, 0],
  flags: {
    integrity: { type: "boolean", description: "read every page of the database too" },
    limit: { type: "string", description: "unreadable lines to show; default 20", valueHint: "N", alias: "n" },
    ...JSON_FLAG,
  },
  examples: ["clew doctor", "clew doctor --integrity"],
  async run({ context, flags }) {
    const { env, clock, timeZone, out } = context;
    const path = clewPaths(env).database;
    const problems = wholeNumber("limit", textFlag(flags, "limit"), 20);
    const { environmentChecks } = await import("./doctor/environment.ts");
    const around = await environmentChecks(env, clock());
    const report = await ask(context, (db) =>
      doctorReport(db, { path, integrity: flags.integrity === true, problems }),
    );
    const checks = [...around, ...(report?.checks ?? [])];
    const ok = checks.every((check) => check.ok);
    if (flags.json) out.json({ ...(report ?? NO_REPORT), checks, ok });
    else {
      printChecks(out, checks);
      out.line("");
      if (report) print(out, report, clock(), timeZone);
      else out.line(NOTHING_YET);
    }
    return ok ? 0 : 1;
  },
};

const NO_REPORT = { database: null, problems: { rows: [], total: 0, by_reason: {} } };

function printChecks(out: Output, checks: readonly DoctorCheck[]): void {
  for (const check of checks) {
    out.line(check.ok ? styled("green", "✓ ") : styled("red", "✗ "), check.name, dim(`  ${check.detail}`));
    if (check.fix !== null) out.line(`  → ${check.fix}`);
  }
}

function print(out: Output, report: DoctorAnswer, now: number, timeZone: string): void {
  const { database, counts, problems, spool } = report;
  out.line(bold("database"), `  ${database.path}`);
  const share =
    database.source_bytes > 0
      ? `, ${(database.bytes / database.source_bytes).toFixed(2)} of the ${bytes(database.source_bytes)} it was read from`
      : "";
  out.line(
    `  ${bytes(database.bytes)}${share}; log ${bytes(database.wal_bytes)}; schema ${database.schema_version}; SQLite ${database.sqlite_version}`,
  );
  out.line(
    `  ${count(counts.sessions)} sessions, ${count(counts.events)} events, ${count(counts.responses)} responses, ${count(counts.tool_calls)} tool calls from ${count(counts.files)} files; last event ${when(report.last_event_at, now, timeZone)}`,
  );
  if (counts.missing_files > 0)
    out.line(`  ${count(counts.missing_files)} files are gone from disk; what they held is kept`);
  if (counts.unpriced_responses > 0)
    out.line(
      `  ${count(counts.unpriced_responses)} responses have no known price: ${report.unpriced_models.join(", ")}`,
    );
  if (counts.log_lines + counts.spans > 0)
    out.line(
      `  ${count(counts.log_lines)} log lines and ${count(counts.spans)} spans; ${count(counts.uncorrelated_lines)} and ${count(counts.uncorrelated_spans)} of them belong to no session`,
    );
  if (spool.lost + spool.torn > 0)
    out.line(
      `  ${count(spool.lost)} hook records were dropped by a full spool, ${count(spool.torn)} were cut off in writing`,
    );
  out.line("");
  if (problems.total === 0) {
    out.line("Everything that was found could be read.");
    return;
  }
  const reasons = Object.entries(problems.by_reason).map(([reason, number]) => `${number} ${reason}`);
  out.line(
    bold(`${count(problems.total)} lines could not be read in full`),
    `  ${reasons.join(", ")}; their bytes are kept`,
  );
  for (const problem of problems.rows) {
    out.line(`  ${problem.path ?? problem.session_id}`, dim(` at byte ${problem.offset ?? 0}`));
    out.line(`    ${problem.reason}: ${fitWidth(problem.message, out.width - 8 - problem.reason.length)}`);
    out.line("    ", dim(fitWidth(problem.raw, out.width - 4)));
  }
}
