/** @module `clew export otlp`: sessions as traces, over HTTP or into a file. */
import { ClewError } from "../../../../base/error.ts";
import { clewPaths } from "../../../../base/paths.ts";
import type { ExportCounts } from "../../../../export/otlp/export-sessions.ts";
import type { Target } from "../../../../export/otlp/target.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { ask, type CliContext, NOTHING_YET } from "../../context.ts";
import { FILTER_FLAGS, filterFrom } from "../../filter-flags.ts";
import { count, counted } from "../../render/formats.ts";
import { sessionIdFrom } from "../../session-id.ts";
import { targetFrom } from "./otlp-target.ts";

const TERMINAL_MS = 100;
const PLAIN_MS = 5000;

/** What is not accepted, or not sent, makes the exit code 1. */
export async function exportOtlp({ context, flags, operands }: Invocation): Promise<number> {
  const { env, clock, out, err, timeZone } = context;
  const filtered = Object.keys(FILTER_FLAGS).find((name) => textFlag(flags, name) !== undefined);
  if (operands.length > 0 && filtered !== undefined)
    throw new ClewError("usage", `--${filtered} chooses among all sessions: either name sessions, or filter them`);
  const filter = filterFrom([], flags);
  const { countRoots, exportSessions, noCounts } = await import("../../../../export/otlp/export-sessions.ts");
  const now = clock();
  const asked = { filter, timeZone, now, content: flags.content === true };
  // What keeps the database from being read is said before anything is sent.
  const found = await ask(context, (db) => {
    const question = { ...asked, sessionIds: operands.map((word) => sessionIdFrom(db, word, now)) };
    return { question, total: countRoots(db, question) };
  });
  if (!found) throw new ClewError("not_found", NOTHING_YET);
  const { question, total } = found;
  const counts = noCounts();
  const { openReader } = await import("../../../../query/reader.ts");
  const db = openReader(clewPaths(env).database);
  let target: Target | null = null;
  try {
    const startedAt = performance.now();
    target = await targetFrom({ context, flags });
    const { name, deliver } = target;
    const progress = progressOf(context, counts, total);
    let isStopped = false;
    void context.stopped.then(() => {
      isStopped = true;
    });
    const shown: typeof deliver = async (batch) => {
      progress.show();
      return deliver(batch);
    };
    await exportSessions(db, question, shown, counts, () => isStopped).finally(progress.end);
    if (isStopped) throw new ClewError("io", "stopped before the end");
    target.finish();
    target = null;
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    if (flags.json) out.json({ ...counts, target: name, seconds });
    else (textFlag(flags, "output") === "-" ? err : out).line(`${summary(counts)} to ${name}`);
    if (counts.rejected_spans === 0) return 0;
    throw new ClewError("io", `${name} did not accept ${count(counts.rejected_spans)} of them`);
  } catch (error) {
    if (target && counts.batches > 0) err.line(`until then: ${summary(counts)}`);
    throw error;
  } finally {
    target?.abandon();
    db.close();
  }
}

/** "1,234 spans of 56 sessions in 3 requests" */
function summary(counts: ExportCounts): string {
  const parts = [
    `${counted(counts.spans, "span")} of ${counted(counts.sessions, "session")} in ${counted(counts.batches, "request")}`,
  ];
  if (counts.retries > 0) parts.push(`${count(counts.retries)} tried again`);
  if (counts.undated_sessions > 0)
    parts.push(`${counted(counts.undated_sessions, "session")} without any time left out`);
  return parts.join(", ");
}

/** On standard error: a line that moves on a terminal, one now and then elsewhere. */
function progressOf(
  { err, clock }: CliContext,
  counts: ExportCounts,
  total: number,
): { readonly show: () => void; readonly end: () => void } {
  let last = clock();
  return {
    show() {
      const now = clock();
      if (now - last < (err.isTerminal ? TERMINAL_MS : PLAIN_MS)) return;
      last = now;
      const line = `${summary(counts)}; ${counted(total, "session")} and what they started in all`;
      if (err.isTerminal) err.status(line.slice(0, err.width - 1));
      else err.line(line);
    },
    end: () => err.clearStatus(),
  };
}
