/**
 * @module Takes the place of delivery.ts in the main ESM file: what writes to the spool is a third of the SDK's code, and is
 * read when there is something to write.
 */

import { builtin } from "./builtin.ts";
import type * as Delivery from "./delivery.ts";
import { report } from "./problems.ts";
import type { QueueOptions, SpoolQueue } from "./spool-queue.ts";
import type { SpoolSink } from "./spool-sink.ts";

type Module = typeof Delivery;

const KEY: unique symbol = Symbol.for("clew-sdk.delivery.1");
const holder = globalThis as { [KEY]?: Module };

/** Called by files that hold all of it: entries for older Nodes and for bundlers. */
export function giveDelivery(module: Module): void {
  holder[KEY] ??= module;
}

/** The CommonJS file can be had at once, which a process that is about to end needs. Null: it is not beside this one. */
function load(): Module | null {
  if (holder[KEY]) return holder[KEY];
  try {
    const require = builtin("node:module").createRequire(import.meta.url);
    giveDelivery(require("./cjs/delivery.js") as Module);
    return holder[KEY] ?? null;
  } catch {
    return null; // Somebody has bundled this file: the other way is one that bundlers see.
  }
}

/** Waiting texts until the module is there. */
const MOST_WAITING = 20_000;

interface Lane<Item> {
  readonly send: (item: Item) => void;
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

function openLater<Item>(open: (module: Module) => Lane<Item>): Lane<Item> {
  let waiting: Item[] = [];
  let lane: Lane<Item> | null = null;
  const ready = import("./delivery.ts").then(
    (module) => {
      lane = open(module);
      for (const item of waiting) lane.send(item);
      waiting = [];
    },
    (error: unknown) => report("spool", "load what writes records", error),
  );
  return {
    send(item) {
      if (lane) lane.send(item);
      else if (waiting.length < MOST_WAITING) waiting.push(item);
    },
    flush: () => ready.then(() => lane?.flush()),
    close: () => ready.then(() => lane?.close()),
  };
}

export function openSpoolSink(): Omit<SpoolSink, "stats"> {
  const open = (module: Module): SpoolSink => module.openSpoolSink();
  const module = load();
  return module ? open(module) : openLater(open);
}

export function openSpoolQueue(kind: "event" | "otlp", options: QueueOptions = {}): Omit<SpoolQueue, "stats"> {
  const open = (module: Module): SpoolQueue => module.openSpoolQueue(kind, options);
  const module = load();
  return module ? open(module) : openLater(open);
}
