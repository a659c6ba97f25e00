/** @module How a JSON file is written: what is added to it follows. */
import type { Node } from "jsonc-parser";
import { propertiesOf } from "./settings-text.ts";

export interface TextStyle {
  readonly newline: "\n" | "\r\n";
  /** One level of indentation. */
  readonly unit: string;
  /** Blanks after colons and commas, and inside braces. */
  readonly isSpaced: boolean;
  /** Members of the outermost object stand on lines of their own. */
  readonly isMultiline: boolean;
}

const DEFAULT_UNIT = "  ";

export function styleOf(text: string, root: Node | null): TextStyle {
  const first = propertiesOf(root)[0];
  const newline = /\r?\n/u.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n";
  if (!root || !first) return { newline, unit: DEFAULT_UNIT, isSpaced: true, isMultiline: true };
  const colon = first.colonOffset ?? first.offset;
  return {
    newline,
    unit: unitOf(text, root),
    isSpaced: /\s/u.test(text.charAt(colon + 1)),
    isMultiline: text.slice(root.offset, first.offset).includes("\n"),
  };
}

/** The blanks that a line begins with; `offset` is anywhere in the line. */
export function indentationAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/u.exec(text.slice(start, offset))?.[0] ?? "";
}

/** What the first line that is deeper than its object has more than it. */
function unitOf(text: string, root: Node): string {
  const base = indentationAt(text, root.offset);
  for (const property of propertiesOf(root)) {
    if (!startsLine(text, property.offset)) continue;
    const indentation = indentationAt(text, property.offset);
    if (indentation.length > base.length) return indentation.slice(base.length);
    const inner = property.children?.[1]?.children?.[0];
    if (!inner || !startsLine(text, inner.offset)) continue;
    const deeper = indentationAt(text, inner.offset);
    if (deeper.length > indentation.length) return deeper.slice(indentation.length);
  }
  return DEFAULT_UNIT;
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset).trim() === "";
}

/** JSON on one line: `{ "a": [1, 2] }` when spaced, else `{"a":[1,2]}`. */
export function inlineJson(value: unknown, isSpaced: boolean): string {
  if (!isSpaced || typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((element) => inlineJson(element, true)).join(", ")}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${inlineJson(member, true)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
