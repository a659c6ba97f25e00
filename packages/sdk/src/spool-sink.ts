/** @module Records on their way to Clew on this machine: encoded, queued, written to the spool. */
import { encodeRecord } from "./encode.ts";
import { report } from "./problems.ts";
import { openSpoolQueue, type QueueOptions } from "./spool-queue.ts";
import type { RecordSink } from "./state.ts";
import type { TransportStats } from "./transport.ts";

export interface SpoolSink extends RecordSink {
  readonly stats: () => TransportStats;
}

/** Where there is nobody to tell, what is sent is let go: see openSpoolQueue. */
export function openSpoolSink(options: QueueOptions = {}): SpoolSink {
  const { send, ...queue } = openSpoolQueue("event", options);
  return {
    send(record) {
      try {
        send(encodeRecord(record));
      } catch (error) {
        report("encode", `encode ${record.type}`, error);
      }
    },
    ...queue,
  };
}
