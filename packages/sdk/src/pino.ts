/** @module `clew-sdk/pino`: every line of a pino logger carries the session that wrote it, at the cost of no mixin. */
import { outsideFrame } from "./adoption.ts";
import { logFields } from "./log-fields.ts";
import { report } from "./problems.ts";
import { type Frame, state } from "./state.ts";

/** As much of pino's logger as is used. */
export interface PinoLike {
  level: string;
  /** The level as a number, which costs less to look at. */
  readonly levelVal?: number;
  readonly levels: { readonly values: Readonly<Record<string, number>> };
  // biome-ignore lint/suspicious/noExplicitAny: pino's own types are richer; theirs have to fit.
  child(bindings: any, options?: any): any;
}

type LogMethod = (...args: readonly unknown[]) => void;

/** A child logger as a frame keeps it, and the level that it was made at. */
interface Kept {
  readonly logger: PinoLike;
  readonly level: number | string;
}

/**
 * A logger to be used in place of the given one: each call goes to a child logger that carries the fields of the session
 * (`session_id` first), made once for each session and kept with its context. Child loggers of it do the same.
 */
export function sessionLogger<Logger extends PinoLike>(logger: Logger): Logger {
  const shared = state();
  const slot = shared.slots++;
  const { storage } = shared;
  const base: PinoLike = logger;

  function make(frame: Frame): PinoLike {
    const level = base.levelVal ?? base.level;
    try {
      const child = base.child(logFields(frame)) as PinoLike;
      frame.slots[slot] = { logger: child, level } satisfies Kept;
      return child;
    } catch (error) {
      report("adapter", "make a child logger", error);
      frame.slots[slot] = { logger: base, level } satisfies Kept;
      return base;
    }
  }

  function current(): PinoLike {
    const frame = storage.getStore() ?? outsideFrame();
    const kept = frame.slots[slot] as Kept | undefined;
    // Somebody may have changed the level since.
    return kept !== undefined && kept.level === (base.levelVal ?? base.level) ? kept.logger : make(frame);
  }

  const forward = (name: string): LogMethod =>
    function logInSession(...args) {
      (current() as unknown as Readonly<Record<string, LogMethod>>)[name]!(...args);
    };
  // Everything else (bindings, flush, isLevelEnabled, ...) is the logger's own.
  const wrapped = Object.create(base) as PinoLike;
  const define = (name: string, value: unknown): void =>
    void Object.defineProperty(wrapped, name, { value, configurable: true, writable: true, enumerable: true });
  for (const name of [...Object.keys(base.levels.values), "silent"]) define(name, forward(name));
  define("child", (...args: Parameters<PinoLike["child"]>) => sessionLogger(base.child(...args) as PinoLike));
  // pino's own setter would put its methods over those above.
  Object.defineProperty(wrapped, "level", {
    configurable: true,
    get: () => base.level,
    set: (level: string) => {
      base.level = level;
    },
  });
  return wrapped as Logger;
}

/**
 * For pino's `mixin` option, where the logger itself cannot be replaced: adds the session's fields to every line. They are
 * made into text for each, which costs more than the rest of a short line; sessionLogger does it once a session.
 */
export function sessionMixin(): Record<string, unknown> {
  return { ...logFields() };
}
