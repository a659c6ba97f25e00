/** @module Stored words made fit for an agent's context: one line, nothing invisible, nothing that looks like the harness's own markup. */

/** Longest item, in UTF-16 units, its ellipsis included. */
export const LONGEST_ITEM = 300;
/** Looked at before cutting: what is cleaned away does not count, and a text of megabytes costs no time. */
const LONGEST_LOOK = 20 * LONGEST_ITEM;

/** Most text. The Unicode classes take milliseconds to compile, so that they are left to the texts that need them. */
const ASCII = /^[\t\n\r\x20-\x7e]*$/;
/**
 * Controls, format characters (bidi, zero-width, tags), private and unassigned ones, lone surrogates, variation selectors, and
 * letters drawn as nothing: all of them can carry words that no person sees.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]|\u034f|\p{Variation_Selector}/gu;
const WHITE_SPACE = /[\s\u0085\p{Zs}\p{Zl}\p{Zp}]+/gu;
/** Accents that are stacked to cover the lines around them. */
const STACKED = /(\p{M}{3})\p{M}+/gu;

/** Every character that opens or closes a tag, also those that only look like it, and the entities that stand for it. */
const LESS_THAN = /[<\uff1c\ufe64\u2039\u276e\u3008\u29fc\u16b2\u02c2]|&(?:[lL][tT]|#0*60|#[xX]0*3[cC]);?/g;
const GREATER_THAN = /[\uff1e\ufe65\u203a\u276f\u3009\u29fd\u02c3]|&(?:[gG][tT]|#0*62|#[xX]0*3[eE]);?|(?<![-=\s])>/g;
/** "Human:" begins a turn of a conversation. */
const ROLE = /(?<![A-Za-z0-9"])(human|assistant|system|user|developer|tool)(\s*)[:\uff1a\ua789\u2236\ufe55]/gi;
/** Marks of other chat formats: [INST], [/INST]. */
const INSTRUCTION_MARK = /\[(\s*\/?\s*(?:INST|SYS)\s*)\]/gi;
const IMAGE = /!\s*\[([^\]]*)\]\s*(?:\([^)]*\)|\[[^\]]*\])?/g;

/** The text as an item may show it; "" when nothing is left of it. The same text gives the same item. */
export function cleanText(text: string): string {
  const look = text.slice(0, LONGEST_LOOK);
  const visible = ASCII.test(look)
    ? look
    : look.replace(WHITE_SPACE, " ").replace(INVISIBLE, "").replace(STACKED, "$1");
  const neutral = visible
    .replace(IMAGE, (_, alternative: string) => `(image: ${alternative.trim()})`)
    // What is left of images within images.
    .replaceAll("![", "! [")
    .replace(LESS_THAN, "\u2039")
    .replace(GREATER_THAN, "\u203a")
    .replace(INSTRUCTION_MARK, "($1)")
    .replace(ROLE, '"$1"$2:')
    .replace(/\s+/g, " ")
    .trim();
  return shorten(neutral, text.length > LONGEST_LOOK);
}

function shorten(text: string, isCut: boolean): string {
  if (text.length <= LONGEST_ITEM && !isCut) return text;
  const cut = text.slice(0, LONGEST_ITEM - 1);
  // Half of a character that takes two units is none.
  return `${cut.replace(/[\ud800-\udbff]$/, "").trimEnd()}\u2026`;
}
