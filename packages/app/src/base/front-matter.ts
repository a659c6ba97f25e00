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
/** Looked at for the end of the block, and for a heading. */
const LOOKED_AT = 64 * 1024;
/** UTF-16 units of a block that is parsed. Real ones have some hundred. */
const LARGEST_BLOCK = 16 * 1024;
/** The parser calls itself for each level; some thousand of them end the process, and no `catch` helps. */
const DEEPEST = 40;
const START = /^\uFEFF?---[ \t]*\r?\n/;
const BLOCK = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/;

/** Never throws. */
export function frontMatterOf(content: string): FrontMatter {
  const head = content.slice(0, LOOKED_AT);
  const block = START.test(head) ? (BLOCK.exec(head)?.[1] ?? null) : null;
  const { values, problem } = block === null ? { values: {}, problem: null } : valuesOf(block);
  const [name, description, type] = [textOf(values.name), textOf(values.description), typeOf(values)];
  const rest = block === null || problem !== null ? content : content.slice(block.length);
  return { name, description, type, title: name ?? textOf(headingIn(rest.slice(0, LOOKED_AT))), problem };
}

type Values = Readonly<Record<string, unknown>>;

function valuesOf(block: string): { readonly values: Values; readonly problem: string | null } {
  const refused = (problem: string) => ({ values: {}, problem });
  if (block.length > LARGEST_BLOCK) return refused(`its front matter is larger than ${LARGEST_BLOCK / 1024} KB`);
  if (isDeep(block)) return refused("its front matter is nested too deeply");
  try {
    // Many memory files have none: the parser is loaded for those that do.
    const { parse } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
    const value: unknown = parse(block, { maxAliasCount: 0, logLevel: "error" });
    if (value === null || value === undefined) return { values: {}, problem: null };
    if (typeof value === "object" && !Array.isArray(value)) return { values: value as Values, problem: null };
    return refused("its front matter is no list of values by name");
  } catch {
    return refused("its front matter cannot be read; shown as text");
  }
}

/** Counts what could open a level, in quoted texts too: too many of them are no front matter either. */
function isDeep(block: string): boolean {
  let flow = 0;
  const indents: number[] = [];
  for (const line of block.split("\n")) {
    const indent = line.length - line.trimStart().length;
    if (indent === line.length) continue;
    while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop();
    indents.push(indent);
    // "- - - a", "? ? a": a level each.
    const marks = line.match(/(?<![^\s])[-?:](?![^\s])/g)?.length ?? 0;
    let deepest = flow;
    for (const character of line) {
      if (character === "[" || character === "{") flow++;
      else if (character === "]" || character === "}") flow = Math.max(0, flow - 1);
      deepest = Math.max(deepest, flow);
    }
    if (indents.length + marks + deepest > DEEPEST) return true;
  }
  return false;
}

/** Line by line: one expression over the whole would take a time that grows with the cube of a line's blanks. */
function headingIn(text: string): string | null {
  for (const line of text.split("\n")) {
    const marks = /^#{1,6}(?=[ \t])/.exec(line)?.[0].length;
    if (marks === undefined) continue;
    let heading = line.slice(marks).trim();
    let end = heading.length;
    while (end > 0 && heading[end - 1] === "#") end--;
    heading = heading.slice(0, end).trim();
    if (heading !== "") return heading;
  }
  return null;
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
