/** @module `clew import`: sessions that other programs kept, into the event store. */

import { resolve } from "node:path";
import type { ArgsDef } from "citty";
import { ClewError } from "../../../base/error.ts";
import type { ImportAnswer } from "../../../model/import-answers.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";
import type { CliContext } from "../context.ts";
import { count } from "../render/formats.ts";
import { dim } from "../render/piece.ts";
import { table } from "../render/table.ts";

const KINDS = ["todos", "json", "duckdb", "postgres"] as const;
type Kind = (typeof KINDS)[number];

const FLAGS = {
  "dry-run": { type: "boolean", description: "show what would come, and store nothing" },
  ...JSON_FLAG,
} as const satisfies ArgsDef;

/** Progress on a terminal moves so often; elsewhere a line now and then does. Milliseconds. */
const TERMINAL_MS = 80;
const PLAIN_MS = 5000;
/** Problems that are printed; --json has more. */
const SHOWN_PROBLEMS = 20;

export const importCommand: CliCommand = {
  summary: "bring in sessions that other programs kept: todo lists, JSON files, a DuckDB file or a Postgres schema",
  operands: "todos DIR | json DIR | duckdb FILE | postgres URL",
  arity: [2, 2],
  flags: FLAGS,
  examples: [
    "clew import todos ~/.claude/todos",
    "clew import json ~/sessions --dry-run",
    "clew import duckdb ~/.claude/claude-session-logger/sessions.duckdb",
    "clew import postgres postgres://me@localhost/ai",
  ],
  async run({ context, flags, operands: [kind = "", from = ""] }) {
    const known = KINDS.find((one) => one === kind);
    if (!known) {
      const near = closestOf(kind, KINDS);
      const hint = near ? `did you mean \`clew import ${near}\`?` : `use ${KINDS.join(", ")}`;
      throw new ClewError("usage", `clew import ${kind} is unknown: ${hint}`);
    }
    const { env, clock, out } = context;
    const [{ runImport }, source] = await Promise.all([
      import("../../../ingest/imports/run-import.ts"),
      sourceOf(known, from, context),
    ]);
    const abort = new AbortController();
    void context.stopped.then(() => abort.abort());
    const progress = progressOf(context);
    const answer = await runImport({
      env,
      clock,
      source,
      isDryRun: flags["dry-run"] === true,
      signal: abort.signal,
      onProgress: progress.show,
    }).finally(progress.end);
    if (flags.json) out.json(answer);
    else print(answer, context);
    return answer.stopped ? 1 : 0;
  },
};

async function sourceOf(kind: Kind, from: string, { clock }: CliContext) {
  switch (kind) {
    case "todos":
      return (await import("../../../ingest/imports/file-source.ts")).todosSource(resolve(from));
    case "json":
      return (await import("../../../ingest/imports/file-source.ts")).sessionFilesSource(resolve(from));
    case "duckdb":
      return (await import("../../../ingest/imports/duckdb-source.ts")).loggerSource(resolve(from), clock);
    case "postgres":
      return (await import("../../../ingest/imports/postgres-source.ts")).schemaSource(from, clock);
  }
}

function progressOf({ err, clock }: CliContext) {
  let last = clock();
  return {
    show(done: number, total: number | null): void {
      if (clock() - last < (err.isTerminal ? TERMINAL_MS : PLAIN_MS)) return;
      last = clock();
      const line = total === null ? `${count(done)} read` : `${count(done)} of ${count(total)} read`;
      if (err.isTerminal) err.status(line);
      else err.line(line);
    },
    end: () => err.clearStatus(),
  };
}

function print(answer: ImportAnswer, { out, err }: CliContext): void {
  const columns = [
    { title: "", value: (row: ImportAnswer["rows"][number]) => row.what },
    ...(["read", "new", "known", "empty", "problems"] as const).map((name) => ({
      title: name,
      align: "right" as const,
      value: (row: ImportAnswer["rows"][number]) => count(row[name]),
    })),
  ];
  if (answer.rows.length === 0) out.line("There is nothing to bring in.");
  else for (const line of table(columns, answer.rows, out.width)) out.line(...line);
  const events = `${count(answer.new_events)} new events, ${count(answer.known_events)} known`;
  if (answer.rows.length > 0)
    out.line(
      answer.dry_run ? `Would store ${events}.` : `Stored ${events}`,
      answer.dry_run ? "" : dim(` in ${answer.seconds.toFixed(1)} s.`),
    );
  if (answer.stopped) err.line("clew: stopped; what had been read is stored, and the next run goes on from there");
  for (const problem of answer.problems.slice(0, SHOWN_PROBLEMS)) err.line(`clew: ${problem}`);
  const more = answer.problem_count - Math.min(answer.problems.length, SHOWN_PROBLEMS);
  if (more > 0) err.line(`clew: ${count(more)} more problems: \`--json\` lists them`);
}
