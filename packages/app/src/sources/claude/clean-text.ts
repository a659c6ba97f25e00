/** @module Text that every later stage can carry: without NUL, without lone surrogates. Copies only what needs it. */

const NUL = /\0/g;

/** The text with U+FFFD for each NUL and each lone surrogate. */
export function cleanText(text: string): string {
  let clean = text;
  if (!clean.isWellFormed()) clean = clean.toWellFormed();
  return clean.includes("\0") ? clean.replace(NUL, "\uFFFD") : clean;
}

/** At most `limit` UTF-16 units, never half a character, cleaned. */
export function clipText(text: string, limit: number): string {
  if (text.length <= limit) return cleanText(text);
  const last = text.charCodeAt(limit - 1);
  const cut = last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
  return cleanText(text.slice(0, cut));
}

/** The first line that says something, trimmed and clipped; "" when there is none. */
export function firstLine(text: string, limit: number): string {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    const line = text.slice(start, Math.min(stop, start + 4 * limit)).trim();
    if (line) return clipText(line, limit);
    start = stop + 1;
  }
  return "";
}
