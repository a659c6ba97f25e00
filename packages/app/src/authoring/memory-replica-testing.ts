/** @module For tests: what one device tells another of memory and the graph, as it would come over the wire. */
import type { Clock } from "../base/clock.ts";
import { correlationId, UNCORRELATED_SESSION } from "../base/ids.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import type { Change } from "../model/change.ts";
import { writeSpoolRecord } from "../spool/spool-directory.ts";

/** As another device made it; what is left out is a person's own, of a device called "other". */
export type ToldChange = Pick<Change, "changeId" | "target" | "subject" | "data"> & Partial<Change>;

/** Takes in what another device tells. What is known already changes nothing. */
export async function receiveChanges(env: Environment, clock: Clock, changes: readonly ToldChange[]): Promise<void> {
  if (changes.length === 0) return;
  const now = clock();
  const records = changes.map(({ changeId, target, subject, data, ...change }) => ({
    v: 1,
    id: changeId,
    // A record of the future is refused; which change is newest is the clock's word in it, `hlc`.
    ts: new Date(Math.min(change.ts ?? now, now)).toISOString(),
    correlation_id: correlationId("0".repeat(16), change.sessionId ?? UNCORRELATED_SESSION),
    type: "change",
    data: {
      target,
      subject,
      author: change.author ?? "ada",
      origin: change.origin ?? "human",
      tainted: change.tainted ?? false,
      hlc: change.hlc ?? now * 1024,
      device: change.device ?? "other",
      ...data,
    },
  }));
  const body = Buffer.from(JSON.stringify(records));
  writeSpoolRecord(clewPaths(env).spool, { kind: "event", fields: { at: String(now) }, body }, { durable: true });
  const { drainIfFree } = await import("../ingest/drain-command.ts");
  await drainIfFree(env, clock);
}
