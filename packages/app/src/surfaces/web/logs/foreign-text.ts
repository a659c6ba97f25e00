/** @module Foreign text as one line, for lists. */

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** Without a terminal's colours. */
export function plainText(text: string): string {
  return text.replace(COLOURS, "");
}

/** The first line; "…" where there are more. */
export function firstLine(text: string): string {
  const trimmed = plainText(text).trimEnd();
  const end = trimmed.indexOf("\n");
  return end < 0 ? trimmed : `${trimmed.slice(0, end)} …`;
}
