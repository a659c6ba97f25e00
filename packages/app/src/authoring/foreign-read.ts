/**
 * @module Takes down that an agent was shown words which others may have written: what its session writes afterwards may repeat
 * them, and is never passed on by itself.
 */
import type { Clock } from "../base/clock.ts";
import { correlationId } from "../base/ids.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import { writeSpoolRecord } from "../spool/spool-directory.ts";

export interface ForeignRead {
  readonly env: Environment;
  readonly clock: Clock;
  readonly sessionId: string;
  readonly workspaceId: string;
  /** The way that showed them: "command line", "mcp". */
  readonly by: string;
}

/**
 * Durable when it returns; stored by whoever comes next to the spool. The same way of the same session is one event, however often
 * it is taken. False: the spool could not be written.
 */
export function noteForeignRead({ env, clock, sessionId, workspaceId, by }: ForeignRead): boolean {
  const now = clock();
  const record = {
    v: 1,
    id: `foreign:${sessionId}:${by}`,
    ts: new Date(now).toISOString(),
    correlation_id: correlationId(workspaceId, sessionId),
    type: "session.foreign",
    data: { by },
  };
  try {
    const body = Buffer.from(JSON.stringify(record));
    writeSpoolRecord(clewPaths(env).spool, { kind: "event", fields: { at: String(now) }, body }, { durable: true });
    return true;
  } catch {
    return false;
  }
}
