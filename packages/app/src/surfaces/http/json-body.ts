/** @module The JSON of a request that changes something: its fields by kind, each with a limit; what is no such field is refused. */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ServerEnv } from "./env.ts";
import { failure } from "./failure.ts";
import { BadParameter } from "./parameters.ts";

/** A body of 256 KB, each character of it escaped. */
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_ITEMS = 100;
/** Set by our pages alone: no form and no link of another site can make a browser send it. */
export const REQUEST_HEADER = "clew-request";

/** 403 without our header, 415 for another type of body. After the guards of guards.ts. */
export const guardRequest: MiddlewareHandler<ServerEnv> = async (c, next) => {
  if (c.req.header(REQUEST_HEADER) !== "1") return failure(c, 403, "header", `the header ${REQUEST_HEADER} is missing`);
  if (!/^application\/json\s*(?:;|$)/i.test(c.req.header("content-type") ?? ""))
    return failure(c, 415, "content_type", "the body must be application/json");
  return next();
};

/** 413 for a large body. */
export const limitBody: MiddlewareHandler<ServerEnv> = bodyLimit({
  maxSize: MOST_BYTES,
  onError: (c) => failure(c, 413, "too_large", "the body is too large"),
});

/** Fields of a request; each reader throws BadParameter for a value of another kind. */
export interface BodyFields {
  text(name: string): string | undefined;
  requiredText(name: string): string;
  /** Null where it is given as null. */
  textOrNull(name: string): string | null | undefined;
  texts(name: string): readonly string[] | undefined;
  flag(name: string): boolean | undefined;
  /** A whole number, not below zero. */
  number(name: string): number;
}

/** Throws BadParameter for what is no JSON object. */
export async function bodyOf(c: Context<ServerEnv>): Promise<BodyFields> {
  const body: unknown = await c.req.json().catch(() => null);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new BadParameter("the body must be a JSON object");
  const found = (name: string): unknown =>
    Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
  const read = <Value>(name: string, kind: string, is: (value: unknown) => value is Value): Value | undefined => {
    const value = found(name);
    if (value === undefined) return undefined;
    if (!is(value)) throw new BadParameter(`${name} must be ${kind}`);
    return value;
  };
  const required = <Value>(name: string, value: Value | undefined): Value => {
    if (value === undefined) throw new BadParameter(`${name} is missing`);
    return value;
  };
  const isText = (value: unknown): value is string => typeof value === "string";
  const text: BodyFields["text"] = (name) => read(name, "a text", isText);
  return {
    text,
    requiredText: (name) => required(name, text(name)),
    textOrNull: (name) =>
      read(name, "a text or null", (value): value is string | null => value === null || isText(value)),
    texts: (name) =>
      read(
        name,
        `a list of at most ${MOST_ITEMS} texts`,
        (value): value is string[] => Array.isArray(value) && value.length <= MOST_ITEMS && value.every(isText),
      ),
    flag: (name) => read(name, "true or false", (value): value is boolean => typeof value === "boolean"),
    number: (name) =>
      required(
        name,
        read(name, "a whole number", (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0),
      ),
  };
}
