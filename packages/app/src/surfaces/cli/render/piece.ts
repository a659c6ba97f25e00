/** @module Text with a style, before it is written: only output.ts turns it into bytes. */

export type Style = "plain" | "dim" | "bold" | "red" | "green" | "yellow" | "blue" | "cyan" | "magenta" | "mark";

export interface Styled {
  readonly text: string;
  readonly style: Style;
}

/** What commands write: foreign text and our own alike, none of it trusted. */
export type Piece = string | Styled;

export function styled(style: Style, text: string): Styled {
  return { text, style };
}

export const dim = (text: string): Styled => styled("dim", text);
export const bold = (text: string): Styled => styled("bold", text);

export function textOf(piece: Piece): string {
  return typeof piece === "string" ? piece : piece.text;
}
