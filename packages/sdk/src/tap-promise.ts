/** @module Watching what a promise comes to without changing when, how or whether its owner learns of it. */

export interface PromiseTap {
  /** `response` answers the raw response, or a promise of it, where the promise is of a kind that has one. */
  readonly resolved: (value: unknown, response: () => unknown) => void;
  readonly rejected: (error: unknown) => void;
}

type Then = (
  fulfilled?: ((value: unknown) => unknown) | null,
  rejected?: ((error: unknown) => unknown) | null,
) => unknown;

function isThenable(value: unknown): value is { then: Then } & Record<string, unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/**
 * Of a plain promise, one that follows it. Of a provider's own kind, whose body is read only when somebody waits for it
 * and which has more methods (`withResponse`, `asResponse`), the same object.
 */
export function tapPromise<Value>(given: Value, { resolved, rejected }: PromiseTap): Value {
  if (!isThenable(given)) {
    resolved(given, () => undefined);
    return given;
  }
  const { then, withResponse, asResponse } = given;
  const response = (): unknown => (typeof asResponse === "function" ? asResponse.call(given) : undefined);
  const seen = (value: unknown): unknown => {
    resolved(value, response);
    return value;
  };
  const failed = (error: unknown): never => {
    rejected(error);
    throw error;
  };
  if (given.constructor === Promise) return then.call(given, seen, failed) as Value;
  let followed: Promise<unknown> | null = null;
  const follow = (): Promise<unknown> => {
    followed ??= Promise.resolve(then.call(given, seen, failed));
    return followed;
  };
  const define = (name: string, value: (...args: never[]) => unknown): void =>
    void Object.defineProperty(given, name, { value, configurable: true, writable: true });
  define("then", (...args: Parameters<Then>) => follow().then(...args));
  define("catch", (onRejected: Parameters<Then>[1]) => follow().catch(onRejected));
  define("finally", (onFinally: () => void) => follow().finally(onFinally));
  /** withResponse may ask the object itself for the response. */
  let isInside = false;
  if (typeof withResponse === "function")
    define("withResponse", async () => {
      try {
        isInside = true;
        const asked = withResponse.call(given) as PromiseLike<{ readonly data?: unknown; readonly response?: unknown }>;
        isInside = false;
        const answer = await asked;
        resolved(answer?.data, () => answer?.response);
        return answer;
      } catch (error) {
        return failed(error);
      }
    });
  // Its reader is the caller: what the body says stays unknown.
  if (typeof asResponse === "function")
    define("asResponse", async () => {
      const wasInside = isInside;
      try {
        const raw: unknown = await asResponse.call(given);
        if (!wasInside) resolved(undefined, () => raw);
        return raw;
      } catch (error) {
        return failed(error);
      }
    });
  return given;
}
