/**
 * @module Foreign words made harmless to read: nothing invisible, nothing that a terminal obeys, nothing that looks like the
 * markup of a conversation, no image that is fetched and no address that is opened by itself.
 */

/** Most text. The Unicode classes take milliseconds to compile, so that they are left to the texts that need them. */
const ASCII = /^[\t\n\x20-\x7e]*$/;
/** What ends a line, in any alphabet. */
const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
/** Sequences that a terminal obeys, with their arguments; a lone escape goes with the other controls. */
const TERMINAL =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]/g;
/**
 * Controls, format characters (bidi, zero-width, tags), private and unassigned ones, lone surrogates, variation selectors, and
 * letters drawn as nothing: all of them can carry words that no person sees.
 */
const INVISIBLE =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]|\u034f|\p{Variation_Selector}/gu;
const BLANK = /[\t\p{Zs}]/gu;
/** Accents that are stacked to cover the lines around them. */
const STACKED = /(\p{M}{3})\p{M}+/gu;

// Every repetition below has a bound, so that no text of megabytes takes the square of its length.

/** Every character that opens or closes a tag, also those that only look like it, and the entities that stand for it. */
const LESS_THAN =
  /[<\uff1c\ufe64\u2039\u276e\u3008\u29fc\u16b2\u02c2\u27e8\u2329\u1438]|&(?:[lL][tT]|#0*60|#[xX]0*3[cC]);?/g;
const GREATER_THAN =
  /[>\uff1e\ufe65\u203a\u276f\u3009\u29fd\u02c3\u27e9\u232a\u1433]|&(?:[gG][tT]|#0*62|#[xX]0*3[eE]);?/g;
/** "Human:" begins a turn of a conversation. */
const ROLE =
  /(?<![A-Za-z0-9"])(human|assistant|system|user|developer|tool)(\s{0,40})[:\uff1a\ua789\u2236\ufe55\ufe13]/gi;
/** Marks of other chat formats: [INST], [/INST], [SYS]. */
const INSTRUCTION_MARK = /\[(\s{0,20}\/?\s{0,20}(?:INST|SYS)\s{0,20})\]/gi;
const IMAGE = /!\s{0,20}\[([^\]\n]{0,200})\]\s{0,20}(?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])?/g;
/** An address with a scheme that is fetched or run; `file:` and the like only name something. */
const ADDRESS = /\b(https?|ftp|wss?)(:\s{0,20}\/\s{0,20}\/)|\b(javascript|data|vbscript)(:)(?=\S)/gi;

/** The same text without what could act; its lines stay lines. Idempotent as far as a reader is concerned. */
export function neutralText(text: string): string {
  const lined = text.replace(LINE_END, "\n").replace(TERMINAL, "");
  const visible = ASCII.test(lined)
    ? lined.replaceAll("\t", " ")
    : lined.replace(INVISIBLE, "").replace(BLANK, " ").replace(STACKED, "$1");
  return (
    visible
      .replace(IMAGE, (_, alternative: string) => `(image: ${alternative.trim()})`)
      // What is left of images within images.
      .replaceAll("![", "! [")
      .replace(LESS_THAN, "\u2039")
      .replace(GREATER_THAN, "\u203a")
      .replace(INSTRUCTION_MARK, "($1)")
      .replace(ROLE, '"$1"$2:')
      .replace(ADDRESS, (_, web: string, _slashes, script: string) =>
        web === undefined ? `${script}[:]` : `${web.toLowerCase().replace("tt", "xx")}[:]//`,
      )
  );
}

/** Cuts to `most` UTF-16 units, the ellipsis included, never through a character. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, Math.max(0, most - 1));
  return `${cut.replace(/[\ud800-\udbff]$/, "").trimEnd()}\u2026`;
}

/** One harmless line of at most `most` UTF-16 units. */
export function neutralLine(text: string, most: number): string {
  // What is cleaned away does not count, and a text of megabytes costs no time.
  const look = text.slice(0, most * 20);
  const line = neutralText(look).replace(/\s+/g, " ").trim();
  return look.length < text.length && line.length <= most ? `${cutText(line, most - 1)}\u2026` : cutText(line, most);
}
