/** @module `clew rebuild`: derives every projection and the full-text index again from the event log. */
import { existsSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import { ClewError } from "../base/error.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import type { ParsedRecord } from "../model/record.ts";
import type { SourceFile } from "../model/source-file.ts";
import { sourceFor } from "../sources/source.ts";
import { reparseSpooled } from "../sources/spooled.ts";
import { acquireWriterLock } from "../store/lock.ts";
import { type LoggedEvent, rebuild } from "../store/rebuild.ts";
import { whoAndWhere } from "./index-command.ts";
import { openPriceBook } from "./price/price-book.ts";

/** Reads an event's body again with the source that first read it. */
export function reparse(event: LoggedEvent): ParsedRecord | null {
  const { fileSessionId, rootSessionId, body, offset } = event;
  const source = sourceFor(event.source);
  const file: SourceFile = {
    path: event.path,
    agent: source.agent,
    kind: event.fileKind,
    sessionId: fileSessionId,
    rootSessionId,
    agentId: fileSessionId === rootSessionId ? null : fileSessionId.slice(rootSessionId.length + 1),
    size: body.length,
    mtimeMs: 0,
    device: "",
    inode: "",
  };
  const context = { file, offset, now: event.readAt };
  const isWhole = file.kind === "meta" || file.kind === "tool-output";
  return isWhole ? source.parseWhole(body, context) : source.parseLine(body, context);
}

export interface RebuildOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Returns the number of events read and the seconds it took. */
export function runRebuild(options: RebuildOptions): { readonly events: number; readonly seconds: number } {
  const paths = clewPaths(options.env);
  if (!existsSync(paths.database)) throw new ClewError("not_found", "Nothing has been indexed yet: run `clew index`");
  const lock = acquireWriterLock(paths.lock, "rebuild");
  const started = performance.now();
  try {
    const prices = openPriceBook({ overridesPath: paths.prices });
    const stores = {
      clock: options.clock,
      ...whoAndWhere(options.env),
      price: prices.price,
      prices: prices.fingerprint(),
    };
    const events = rebuild(paths.database, stores, { record: reparse, live: reparseSpooled }, options.onProgress);
    return { events, seconds: Math.round(performance.now() - started) / 1000 };
  } finally {
    lock.release();
  }
}
