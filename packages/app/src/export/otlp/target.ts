/** @module Who takes the batches: a receiver over HTTP, or a file with a request in JSON a line. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { ClewError } from "../../base/error.ts";
import type { SpanBatch } from "./batches.ts";
import { encodeJson, encodeProtobuf, readAnswer } from "./encode.ts";
import type { Destination, Protocol } from "./endpoint.ts";
import type { Delivered } from "./export-sessions.ts";
import { createSender, type SendOptions } from "./send.ts";

export interface Target {
  /** To be shown. */
  readonly name: string;
  /** Resolves when the batch is accepted, in part at least, or written. Throws `io`. */
  readonly deliver: (batch: SpanBatch) => Promise<Delivered>;
  /** Everything was delivered. */
  readonly finish: () => void;
  /** It was not: leaves no half of a file behind. */
  readonly abandon: () => void;
}

export interface HttpOptions extends SendOptions {
  readonly protocol: Protocol;
  /** What a receiver says beside its acceptance. */
  readonly onMessage: (message: string, rejectedSpans: number) => void;
}

export function httpTarget(destination: Destination, options: HttpOptions): Target {
  const send = createSender(destination, options);
  const isJson = options.protocol === "http/json";
  return {
    name: destination.shown,
    async deliver(batch) {
      const body = isJson ? Buffer.from(JSON.stringify(encodeJson(batch))) : encodeProtobuf(batch);
      const { retries, ...answer } = await send(body, isJson ? "application/json" : "application/x-protobuf");
      const { rejectedSpans, message } = readAnswer(answer.body, answer.contentType);
      if (rejectedSpans > 0 || message !== "") options.onMessage(message, rejectedSpans);
      return { bytes: body.length, retries, rejectedSpans: Math.min(rejectedSpans, batch.spans) };
    },
    finish() {},
    abandon() {},
  };
}

/** The lines of OpenTelemetry's file format; `write` gets each whole. */
export function lineTarget(name: string, write: (message: object) => number): Target {
  return {
    name,
    deliver: async (batch) => ({ bytes: write(encodeJson(batch)), retries: 0, rejectedSpans: 0 }),
    finish() {},
    abandon() {},
  };
}

/** A file of one's own user's, in place only when it is whole. What is there and no plain file, such as a pipe, is written to as it is. */
export function fileTarget(path: string): Target {
  const isPlace = statSync(path, { throwIfNoEntry: false })?.isFile() !== false;
  const written = isPlace ? `${path}.${process.pid}.part` : path;
  const file = attempt(path, () => openSync(written, "w", 0o600));
  const lines = lineTarget(path, (message) => {
    const line = Buffer.from(`${JSON.stringify(message)}\n`);
    attempt(path, () => {
      for (let at = 0; at < line.length; ) at += writeSync(file, line, at);
    });
    return line.length;
  });
  return {
    ...lines,
    finish() {
      attempt(path, () => {
        if (isPlace) fsyncSync(file);
        closeSync(file);
        if (isPlace) renameSync(written, path);
      });
    },
    abandon() {
      try {
        closeSync(file);
      } catch {
        // Closed already: it was the renaming that failed.
      }
      if (isPlace) rmSync(written, { force: true });
    },
  };
}

function attempt<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new ClewError("io", `cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}
