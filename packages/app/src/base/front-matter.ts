/** @module What a memory file says of itself: the YAML between two lines of dashes at its top, else its first heading. */
import { createRequire } from "node:module";

export interface FrontMatter {
  readonly name: string | null;
  readonly description: string | null;
  /** What it is, in its author's word: user, feedback, project, reference, ... */
  readonly type: string | null;
  /** Name, else the first heading. */
  readonly title: string | null;
  /** Why there is nothing of it, though it begins with dashes; then it is text as the rest. */
  readonly problem: string | null;
}

const LONGEST_VALUE = 500;
/** More is a text that begins with a line of dashes. */
const LARGEST = 64 * 1024;
const BLOCK = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/;
const HEADING = /^#{1,6}[ \t]+(\S.*?)[ \t]*#*[ \t]*$/m;

/** Never throws. */
export function frontMatterOf(content: string): FrontMatter {
  const block = /^\uFEFF?---[ \t]*\r?\n/.test(content) ? (BLOCK.exec(content.slice(0, LARGEST))?.[1] ?? null) : null;
  const { values, problem } = block === null ? { values: {}, problem: null } : valuesOf(block);
  const [name, description, type] = [textOf(values.name), textOf(values.description), typeOf(values)];
  const rest = block === null || problem !== null ? content : content.slice(block.length);
  return { name, description, type, title: name ?? textOf(HEADING.exec(rest.slice(0, LARGEST))?.[1]), problem };
}

type Values = Readonly<Record<string, unknown>>;

function valuesOf(block: string): { readonly values: Values; readonly problem: string | null } {
  try {
    // Many memory files have none: the parser is loaded for those that do.
    const { parse } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
    const value: unknown = parse(block, { maxAliasCount: 0, logLevel: "error" });
    if (value === null || value === undefined) return { values: {}, problem: null };
    if (typeof value === "object" && !Array.isArray(value)) return { values: value as Values, problem: null };
    return { values: {}, problem: "its front matter is no list of values by name" };
  } catch (error) {
    return { values: {}, problem: `its front matter is not YAML: ${(error as Error).message.split("\n")[0]}` };
  }
}

/** Claude Code writes it under `metadata` since 2.1. */
function typeOf(values: Values): string | null {
  const { type, metadata } = values;
  if (type !== undefined || typeof metadata !== "object" || metadata === null) return textOf(type);
  return textOf((metadata as Values).type);
}

function textOf(value: unknown): string | null {
  const text = typeof value === "string" || typeof value === "number" ? String(value).replace(/\s+/g, " ").trim() : "";
  return text === "" ? null : text.slice(0, LONGEST_VALUE).toWellFormed();
}
