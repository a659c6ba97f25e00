/** @module What a tool is: a name, static words about it, the shapes of what it takes and answers, and what it does. */
import type { ToolAnnotations } from "@modelcontextprotocol/server";
import { z } from "zod";
import { ClewError, type ErrorCode } from "../../base/error.ts";
import { TRUSTS } from "../../base/fence.ts";
import type { Reader } from "../../query/reader.ts";
import { type Answer, DEFAULT_MAX_TOKENS, LEAST_MAX_TOKENS, MOST_MAX_TOKENS } from "./answer.ts";
import type { McpServices, Profile, ToolCall } from "./services.ts";

export interface McpTool {
  readonly name: string;
  readonly title: string;
  /** Static: nothing stored ever stands in it. */
  readonly description: string;
  readonly profile: Profile;
  readonly annotations: ToolAnnotations;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly run: (args: never, call: ToolCall) => Answer | Promise<Answer>;
}

interface ToolDefinition<Input extends z.ZodRawShape, Output extends z.ZodRawShape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  readonly run: (args: z.infer<z.ZodObject<Input & typeof BUDGET>>, call: ToolCall) => Answer | Promise<Answer>;
}

const BUDGET = {
  max_tokens: z
    .int()
    .min(LEAST_MAX_TOKENS)
    .max(MOST_MAX_TOKENS)
    .default(DEFAULT_MAX_TOKENS)
    .describe("size of the answer"),
};

/** In every answer. */
const SAID = { summary: z.string(), note: z.string().optional().describe("how to read quoted words") };

/** A tool that only reads. */
export function readTool<Input extends z.ZodRawShape, Output extends z.ZodRawShape>(
  tool: ToolDefinition<Input, Output>,
): McpTool {
  return made(tool, "read", { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false });
}

/** A tool that writes something down; what it takes away stays in the history. */
export function writeTool<Input extends z.ZodRawShape, Output extends z.ZodRawShape>(
  tool: ToolDefinition<Input, Output> & { readonly isDestructive?: boolean; readonly isIdempotent?: boolean },
): McpTool {
  return made(tool, "write", {
    readOnlyHint: false,
    destructiveHint: tool.isDestructive ?? false,
    idempotentHint: tool.isIdempotent ?? false,
    openWorldHint: false,
  });
}

function made<Input extends z.ZodRawShape, Output extends z.ZodRawShape>(
  { name, title, description, input, output, run }: ToolDefinition<Input, Output>,
  profile: Profile,
  annotations: ToolAnnotations,
): McpTool {
  return {
    name,
    title,
    description,
    profile,
    annotations,
    input: z.strictObject({ ...input, ...BUDGET }),
    output: z.object({ ...SAID, ...output }),
    run: run as McpTool["run"],
  };
}

/** Fields of words that others wrote, in structured content. */
export const QUOTED = {
  author: z.string(),
  trust: z.enum(TRUSTS),
  verified: z.boolean(),
  text: z.string().describe("in its fence"),
};

/** Optional fields of answers that each answer explains itself, beside `text`. */
export const SAID_IN_ANSWERS: ReadonlySet<string> = new Set(["note", "author", "trust", "verified"]);

/** A list's output: rows of a shape, each with its quoted words. */
export function pageOf<Row extends z.ZodRawShape>(row: Row) {
  return { rows: z.array(z.object({ ...row, ...optional(QUOTED) })), next_cursor: z.string().nullable() };
}

function optional(shape: typeof QUOTED) {
  return {
    author: shape.author.optional(),
    trust: shape.trust.optional(),
    verified: shape.verified.optional(),
    text: shape.text.optional(),
  };
}

export const cursorField = z.string().max(200).optional().describe("next_cursor of before");
/** `most` rows, whatever fits the size of the answer. */
export const limitField = (usual: number, most = 50) => z.int().min(1).max(most).default(usual).describe("most rows");

/** Why a tool does not do what it is asked, in words that are all the server's own or the caller's: no stored text. */
export class Refusal extends ClewError {}

/** `wait`: milliseconds. */
export class TooManyCalls extends Refusal {
  constructor(wait: number) {
    super("usage", `too many calls at once: try again in ${wait} ms`);
  }
}

/** There is no store to ask. */
export class NothingRecorded extends Refusal {
  constructor() {
    super("not_found", "nothing has been recorded yet: `clew index` reads what is there");
  }
}

export function refusal(code: ErrorCode, message: string): Refusal {
  return new Refusal(code, message);
}

/** Asks the store; throws where there is none yet. */
export function ask<Answered>({ ask }: McpServices, question: (db: Reader) => Answered): Answered {
  const answer = ask((db) => ({ value: question(db) }));
  if (answer === null) throw new NothingRecorded();
  return answer.value;
}

/** What a cursor carries; throws `usage` for a cursor that is none of ours. */
export function cursorOf(cursor: string | undefined, kind: string): string | null {
  if (cursor === undefined) return null;
  if (!/^[\w.:-]+$/.test(cursor) || !cursor.startsWith(kind) || cursor === kind)
    throw refusal("usage", "cursor is none that this tool gave out: leave it away to start anew");
  return cursor.slice(kind.length);
}

/** A whole number that a cursor carries; throws `usage` for a cursor that is none of ours. */
export function cursorNumber(cursor: string | undefined, kind: string): number | null {
  const text = cursorOf(cursor, kind);
  if (text === null) return null;
  if (!/^-?\d{1,16}$/.test(text))
    throw refusal("usage", "cursor is none that this tool gave out: leave it away to start anew");
  return Number(text);
}
