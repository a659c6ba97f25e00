/** @module Session context: which session the code that runs now belongs to, across await, timers and callbacks. */
import type { EventEmitter } from "node:events";
import { currentFrame } from "./adoption.ts";
import { correlationOf, NO_SESSION } from "./ids.ts";
import { enter, openSession, type Session, type SessionOptions } from "./session.ts";
import { newFrame, state } from "./state.ts";
import { currentWorkspace } from "./workspace.ts";

const optionsOf = (given: SessionOptions | string): SessionOptions =>
  typeof given === "string" ? { name: given } : given;

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/**
 * Calls a function inside a new session and ends the session when it returns, or when the promise it returns settles.
 * What it throws, or rejects with, is recorded and goes on unchanged. Inside another session the new one is its child.
 */
export function withSession<Value>(options: SessionOptions | string, call: (session: Session) => Value): Value {
  const session = openSession(optionsOf(options), currentFrame());
  return session.run(() => {
    let value: Value;
    try {
      value = call(session);
    } catch (error) {
      session.fail(error);
      throw error;
    }
    if (!isThenable(value)) {
      session.end();
      return value;
    }
    return value.then(
      (result) => {
        session.end();
        return result;
      },
      (error: unknown) => {
        session.fail(error);
        throw error;
      },
    ) as Value;
  });
}

/**
 * Begins a session that lasts until its `end()`: the code after this call, and everything it starts, is part of it. For
 * programs whose session has no function around it; anything else is simpler with withSession.
 */
export function startSession(options: SessionOptions | string = {}): Session {
  const session = openSession(optionsOf(options), currentFrame());
  enter(session);
  return session;
}

/** The session of the code that runs now; null outside any. */
export function currentSession(): Session | null {
  return currentFrame().session;
}

/** Id of the session of the code that runs now; `in-progress` outside any. */
export function sessionId(): string {
  return currentFrame().session?.id ?? NO_SESSION;
}

/** `<workspace id>:<session id>` of the code that runs now. */
export function correlationId(): string {
  return currentFrame().session?.correlationId ?? correlationOf(currentWorkspace().id, NO_SESSION);
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Adds fields to every log line: those of the function, or, without one, those of the rest of the code that runs now and
 * of what it starts. Fields that name the session cannot be replaced.
 */
export function bind(fields: Fields): void;
export function bind<Value>(fields: Fields, call: () => Value): Value;
export function bind<Value>(fields: Fields, call?: () => Value): Value | undefined {
  const { session, bound, isQuiet } = currentFrame();
  const frame = newFrame(session, { ...bound, ...fields }, isQuiet);
  if (call) return state().storage.run(frame, call);
  state().storage.enterWith(frame);
  return undefined;
}

/** Takes bound fields away from here on; without names, all of them. */
export function unbind(...names: readonly string[]): void {
  const { session, bound, isQuiet } = currentFrame();
  const left = names.length === 0 ? [] : Object.entries(bound).filter(([name]) => !names.includes(name));
  state().storage.enterWith(newFrame(session, Object.fromEntries(left), isQuiet));
}

/** A callback that will run in the session of the code that runs now, whoever calls it. */
export function bindCallback<Args extends readonly unknown[], Value>(
  callback: (...args: Args) => Value,
): (...args: Args) => Value {
  const frame = currentFrame();
  return (...args) => state().storage.run(frame, callback, ...args);
}

/** Makes all listeners of an emitter run in the session of the code that runs now, whoever emits. Answers the emitter. */
export function bindEmitter<Emitter extends EventEmitter>(emitter: Emitter): Emitter {
  const frame = currentFrame();
  const emit = emitter.emit;
  emitter.emit = function emitInSession(this: Emitter, ...args: Parameters<EventEmitter["emit"]>): boolean {
    return state().storage.run(frame, () => emit.apply(this, args));
  } as Emitter["emit"];
  return emitter;
}
