/** @module What writes to the spool. The built package loads it with the first record: a program's start does not pay for it. */
export { openSpoolQueue } from "./spool-queue.ts";
export { openSpoolSink } from "./spool-sink.ts";
