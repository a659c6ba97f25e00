/** @module A function that runs in a session of its own each time it is called. */
import { currentFrame } from "./adoption.ts";
import { withSession } from "./context.ts";
import { openSession, type SessionOptions } from "./session.ts";

// biome-ignore lint/suspicious/noExplicitAny: any function at all; `unknown` would refuse most of them.
type AnyFunction = (...args: any[]) => any;

const GENERATOR = /^\[object (Async)?Generator\]$/;

/**
 * Wraps a function: every call is a session, named `name` or after the function. Type, `this`, name and length are kept.
 * A generator's session lasts until it is done, returned or has thrown.
 */
export function trackSession<Call extends AnyFunction>(name: SessionOptions | string, call: Call): Call {
  const options: SessionOptions = typeof name === "string" ? { name } : { name: call.name, ...name };
  const isGenerator = /^(Async)?GeneratorFunction$/.test(call.constructor?.name);
  const tracked = isGenerator
    ? function trackedGenerator(this: unknown, ...args: unknown[]): unknown {
        return trackGenerator(options, () => call.apply(this, args));
      }
    : function trackedCall(this: unknown, ...args: unknown[]): unknown {
        return withSession(options, () => call.apply(this, args));
      };
  Object.defineProperty(tracked, "name", { value: call.name, configurable: true });
  Object.defineProperty(tracked, "length", { value: call.length, configurable: true });
  return tracked as Call;
}

type AnyGenerator = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>;
type Step = "next" | "return" | "throw";

function trackGenerator(options: SessionOptions, make: () => unknown): unknown {
  const session = openSession(options, currentFrame());
  const made = session.run(make);
  if (!GENERATOR.test(Object.prototype.toString.call(made))) return made;
  const generator = made as AnyGenerator;
  const after = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (result.done) session.end();
    return result;
  };
  const failed = (error: unknown): never => {
    session.fail(error);
    throw error;
  };
  for (const step of ["next", "return", "throw"] satisfies readonly Step[]) {
    const original = generator[step] as (this: AnyGenerator, ...args: unknown[]) => unknown;
    Object.defineProperty(generator, step, {
      configurable: true,
      writable: true,
      value: (...args: unknown[]) =>
        session.run(() => {
          try {
            const result = original.apply(generator, args);
            if (result instanceof Promise) return result.then(after, failed);
            return after(result as IteratorResult<unknown>);
          } catch (error) {
            return failed(error);
          }
        }),
    });
  }
  return generator;
}
