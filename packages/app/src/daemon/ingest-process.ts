/**
 * @module The writing thread in a process of its own, for a first reading of much: what that takes of memory goes with the
 * process, where a thread leaves most of it to the daemon for good. Entry of a child process; talks over its channel.
 */
import { ClewError } from "../base/error.ts";
import type { IngestInput } from "./ingest-thread.ts";
import { type IngestListener, startIngest } from "./ingest-worker.ts";

export type FromIngestProcess =
  | { readonly kind: "ready" }
  | {
      readonly kind: "call";
      readonly name: Exclude<keyof IngestListener, "onFailed">;
      readonly values: readonly unknown[];
    }
  | { readonly kind: "failed"; readonly code: ClewError["code"]; readonly message: string };

export type ToIngestProcess = { readonly kind: "start"; readonly input: IngestInput } | { readonly kind: "stop" };

/** With nothing to do no progress is ever told. Milliseconds. */
const NOTHING_TO_DO_MS = 5000;

const send = (message: FromIngestProcess): void => void process.send?.(message);

function fail(error: unknown): void {
  send({
    kind: "failed",
    code: error instanceof ClewError ? error.code : "internal",
    message: (error as Error).message,
  });
}

async function run(input: IngestInput, stopped: Promise<void>): Promise<void> {
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const idle = setTimeout(() => finish(), NOTHING_TO_DO_MS);
  const call = (name: Exclude<keyof IngestListener, "onFailed">, ...values: readonly unknown[]): void =>
    send({ kind: "call", name, values });
  const ingest = await startIngest(input, {
    onProgress(progress) {
      clearTimeout(idle);
      call("onProgress", progress);
      if (progress.phase === "done") finish();
    },
    onCommit: (...values) => call("onCommit", ...values),
    onDrained: (...values) => call("onDrained", ...values),
    onUnreadable: (...values) => call("onUnreadable", ...values),
    onFailed(error) {
      fail(error);
      finish();
    },
  });
  send({ kind: "ready" });
  await Promise.race([done, stopped]);
  clearTimeout(idle);
  await ingest.stop();
}

// Ctrl-C reaches the whole terminal: the daemon decides when this process ends.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
let stop = (): void => {};
const stopped = new Promise<void>((resolve) => {
  stop = resolve;
});
process.once("disconnect", () => stop());
process.on("message", (message: ToIngestProcess) => {
  if (message.kind === "stop") stop();
  else
    run(message.input, stopped)
      .catch(fail)
      .finally(() => process.connected && process.disconnect());
});
