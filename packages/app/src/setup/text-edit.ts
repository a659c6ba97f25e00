/**
 * @module Members put into and taken out of JSON text as edits that touch nothing else: an insertion deletes no byte, a
 * removal takes the members, their commas and the blanks that led to them. (jsonc-parser's own `modify` formats the whole
 * line it touches, which for a file on one line is the file.)
 */
import type { Edit, Node } from "jsonc-parser";
import { indentationAt, type TextStyle } from "./text-style.ts";

interface Trivia {
  /** Of the one comma in it; null when there is none. */
  readonly comma: number | null;
  /** End of the last comment, else null. */
  readonly lastCommentEnd: number | null;
}

/**
 * Edits that put members at the end of an object or list. `members` are JSON text whose later lines are indented already
 * (`indentationInside`). A list or object on one line stays on it; a trailing comma stays the last comma.
 */
export function insertMembers(text: string, container: Node, members: readonly string[], style: TextStyle): Edit[] {
  if (members.length === 0) return [];
  const children = container.children ?? [];
  const last = children.at(-1);
  const close = container.offset + container.length - 1;
  if (!last) return [insertIntoEmpty(text, container, members, style)];
  const lastEnd = last.offset + last.length;
  const { comma } = triviaBetween(text, lastEnd, close);
  const anchor = comma === null ? lastEnd : comma + 1;
  const blank = style.isSpaced ? " " : "";
  if (!startsOwnLine(text, container, children.length - 1)) {
    const added = members.map((member) => blank + member).join(",");
    return [insertion(anchor, comma === null ? `,${added}` : `${added},`)];
  }
  const lead = style.newline + indentationAt(text, last.offset);
  const added = members.map((member) => lead + member).join(",");
  const at = afterCommentsOfLine(text, anchor, close);
  if (comma !== null) return [insertion(at, `${added},`)];
  return at === lastEnd ? [insertion(at, `,${added}`)] : [insertion(lastEnd, ","), insertion(at, added)];
}

/** The indentation that lines of a new member of a container begin with; "" where members share one line. */
export function indentationInside(text: string, container: Node, style: TextStyle): string {
  const children = container.children ?? [];
  const last = children.at(-1);
  if (!last) return indentationAt(text, container.offset) + style.unit;
  return startsOwnLine(text, container, children.length - 1) ? indentationAt(text, last.offset) : "";
}

/** Whether new members of a container get lines of their own. */
export function isMultilineInside(text: string, container: Node, style: TextStyle): boolean {
  const count = container.children?.length ?? 0;
  return count === 0 ? style.isMultiline : startsOwnLine(text, container, count - 1);
}

/** Edits that take members out of an object or list. Comments stay. */
export function removeMembers(text: string, container: Node, isRemoved: (child: Node) => boolean): Edit[] {
  const children = container.children ?? [];
  const close = container.offset + container.length - 1;
  const kept = children.filter((child) => !isRemoved(child));
  if (kept.length === children.length) return [];
  const first = children[0]!;
  if (kept.length === 0) {
    const inner = children.flatMap((child, index) => {
      const end = children[index + 1]?.offset ?? close;
      return [triviaBetween(text, child.offset + child.length, end)];
    });
    const before = triviaBetween(text, container.offset + 1, first.offset);
    if (before.lastCommentEnd === null && inner.every(({ lastCommentEnd }) => lastCommentEnd === null))
      return [removal(container.offset + 1, close)];
  }
  const edits: Edit[] = [];
  let danglingComma = false;
  let mayEndComment = false;
  for (const [index, child] of children.entries()) {
    const previous = children[index - 1];
    const lead = previous ? previous.offset + previous.length : container.offset + 1;
    if (!previous || !isRemoved(previous)) mayEndComment = false;
    mayEndComment ||= triviaBetween(text, lead, child.offset).lastCommentEnd !== null;
    if (!isRemoved(child)) continue;
    const end = child.offset + child.length;
    const { comma } = triviaBetween(text, end, children[index + 1]?.offset ?? close);
    if (comma === null) danglingComma = true;
    // A comment may stand between a member and its comma.
    const isAdjacent = comma !== null && text.slice(end, comma).trim() === "";
    if (comma !== null && !isAdjacent) edits.push(removal(comma, comma + 1));
    edits.push(memberRemoval(text, child.offset, isAdjacent ? comma + 1 : end, mayEndComment));
  }
  const lastKept = kept.at(-1);
  if (danglingComma && lastKept) {
    const next = children[children.indexOf(lastKept) + 1]!;
    const { comma } = triviaBetween(text, lastKept.offset + lastKept.length, next.offset);
    if (comma !== null) edits.push(removal(comma, comma + 1));
  }
  return edits;
}

/** The text with edits applied; where removals overlap, what either takes is gone. */
export function applyTextEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { offset, length, content } of edits.toSorted((one, other) => one.offset - other.offset)) {
    parts.push(text.slice(at, Math.max(at, offset)), content);
    at = Math.max(at, offset + length);
  }
  return parts.join("") + text.slice(at);
}

/**
 * The member, and the blanks before it. Their newline stays where it ends a comment or begins a line that goes on, and a
 * member that opens its container takes the blanks behind it.
 */
function memberRemoval(text: string, start: number, stop: number, mayEndComment: boolean): Edit {
  let from = start;
  while (from > 0 && /\s/u.test(text.charAt(from - 1))) from--;
  let to = stop;
  while (/[ \t]/u.test(text.charAt(to))) to++;
  const next = text.charAt(to);
  const hasLineBefore = text.slice(from, start).includes("\n");
  const lineIsOver = next === "\r" || next === "\n" || (!mayEndComment && (next === "}" || next === "]"));
  if (hasLineBefore && !lineIsOver) return removal(start, to);
  return removal(from, from === start ? to : stop);
}

function insertIntoEmpty(text: string, container: Node, members: readonly string[], style: TextStyle): Edit {
  const open = container.offset + 1;
  const close = container.offset + container.length - 1;
  const { lastCommentEnd } = triviaBetween(text, open, close);
  const inner = text.slice(open, close);
  if (lastCommentEnd === null && (!style.isMultiline || (container.type === "array" && !inner.includes("\n")))) {
    const pad = style.isSpaced && inner === "" && container.type === "object" ? " " : "";
    return insertion(open, pad + members.join(style.isSpaced ? ", " : ",") + pad);
  }
  const at = lastCommentEnd ?? open;
  const base = indentationAt(text, container.offset);
  const added = members.map((member) => style.newline + base + style.unit + member).join(",");
  return insertion(at, text.slice(at, close).includes("\n") ? added : added + style.newline + base);
}

function startsOwnLine(text: string, container: Node, index: number): boolean {
  const child = container.children?.[index];
  if (!child) return false;
  const previous = container.children?.[index - 1];
  const from = previous ? previous.offset + previous.length : container.offset + 1;
  return text.slice(from, child.offset).includes("\n");
}

/** What stands between two members: blanks, comments, at most one comma. */
function triviaBetween(text: string, from: number, to: number): Trivia {
  let comma: number | null = null;
  let lastCommentEnd: number | null = null;
  let at = from;
  while (at < to) {
    const end = commentEnd(text, at);
    if (end !== null) {
      lastCommentEnd = end;
      at = end;
    } else {
      if (text.charAt(at) === ",") comma = at;
      at++;
    }
  }
  return { comma, lastCommentEnd };
}

/** Behind the comments that end on the line of `from`, else `from`. */
function afterCommentsOfLine(text: string, from: number, to: number): number {
  let at = from;
  let end = from;
  while (at < to) {
    const comment = commentEnd(text, at);
    if (comment !== null) {
      if (text.slice(at, comment).includes("\n")) break;
      end = comment;
      at = comment;
    } else if (/[ \t]/u.test(text.charAt(at))) at++;
    else break;
  }
  return end;
}

/** Where the comment that begins at an offset ends; null when none begins there. The newline is no part of a line's comment. */
function commentEnd(text: string, at: number): number | null {
  const start = text.slice(at, at + 2);
  if (start === "/*") return text.indexOf("*/", at + 2) + 2;
  if (start !== "//") return null;
  const length = text.slice(at).search(/[\r\n]/u);
  return length < 0 ? text.length : at + length;
}

const insertion = (offset: number, content: string): Edit => ({ offset, length: 0, content });
const removal = (from: number, to: number): Edit => ({ offset: from, length: to - from, content: "" });
