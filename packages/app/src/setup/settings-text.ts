/** @module The bytes of settings.json as text and tree, and back, without losing any. */
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { ClewError } from "../base/error.ts";

export interface SettingsText {
  /** A byte order mark, or nothing. */
  readonly mark: string;
  readonly text: string;
  /** The object; null when there is nothing but blanks and comments. */
  readonly root: Node | null;
  /** Claude Code itself reads JSON only: with comments or trailing commas it ignores the whole file. */
  readonly isStrict: boolean;
}

const MARK = "\ufeff";

/** Reads settings. `path` is for messages. Throws `io` for what is no text, no JSON with comments, or no object. */
export function parseSettings(bytes: Uint8Array, path: string): SettingsText {
  let whole: string;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new ClewError("io", `${path} is not UTF-8 text: nothing was changed`, { cause: error });
  }
  const mark = whole.startsWith(MARK) ? MARK : "";
  const text = whole.slice(mark.length);
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  } catch (error) {
    throw new ClewError("io", `${path} is nested too deeply: nothing was changed`, { cause: error });
  }
  const first = errors[0];
  if (first) {
    const { line, column } = positionAt(text, first.offset);
    throw new ClewError(
      "io",
      `${path} is not valid JSON at line ${line}, column ${column} (${wordsFor(first)}): correct it first, nothing was changed`,
    );
  }
  if (root && root.type !== "object")
    throw new ClewError("io", `${path} holds ${described(root)} and not an object: nothing was changed`);
  return { mark, text, root: root ?? null, isStrict: text.trim() === "" || isJson(text) };
}

export function settingsBytes(mark: string, text: string): Buffer {
  return Buffer.from(mark + text, "utf8");
}

/** The properties of an object, in order; nothing for anything else. */
export function propertiesOf(node: Node | null | undefined): readonly Node[] {
  return node?.type === "object" ? (node.children ?? []) : [];
}

export function elementsOf(node: Node | null | undefined): readonly Node[] {
  return node?.type === "array" ? (node.children ?? []) : [];
}

export function keyOf(property: Node): string {
  return String(property.children?.[0]?.value ?? "");
}

export function valueIn(property: Node): Node | undefined {
  return property.children?.[1];
}

/** A property of an object. Of several with one name the last counts, as for the client. */
export function propertyNamed(node: Node | null | undefined, name: string): Node | undefined {
  return propertiesOf(node).findLast((property) => keyOf(property) === name);
}

/** A property's value as plain data; undefined when there is none. */
export function dataNamed(node: Node | null | undefined, name: string): unknown {
  const property = propertyNamed(node, name);
  const value = property && valueIn(property);
  return value && getNodeValue(value);
}

/** "a list", "an object": what a node is, for messages. */
export function described(node: Node): string {
  if (node.type === "array") return "a list";
  if (node.type === "object") return "an object";
  return node.type === "null" ? "null" : `a ${node.type}`;
}

function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/u);
  return { line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
}

/** `CommaExpected` to `comma expected`. */
function wordsFor(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/(?<=[a-z])[A-Z]/gu, (letter) => ` ${letter}`)
    .toLowerCase();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
