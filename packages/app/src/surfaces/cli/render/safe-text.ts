/** @module Foreign text made safe for terminals: the one place that decides what may reach a screen. */

/**
 * Controls (C0, DEL, C1), format characters (bidi, zero-width, tags, byte order mark), line separators, lone surrogates,
 * and letters that are drawn as nothing. A terminal obeys or hides all of these.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0\u2800]/gu;

/** Most text: the classes above are slow to compile, and most commands never need them. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Text of one line: white space becomes blanks, everything unsafe a visible sign. */
export function safeLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/gu, " ").replace(UNSAFE, visible);
}

/** Text of several lines: newlines and tabs stay. A carriage return before a newline is part of it; any other would overwrite. */
export function safeText(text: string): string {
  return text
    .replace(/\r\n/gu, "\n")
    .replace(UNSAFE, (character) => (character === "\n" || character === "\t" ? character : visible(character)));
}

/** JSON whose strings have no unsafe character as itself: still the same JSON, and safe to look at. */
export function safeJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, null, indent) ?? "null").replace(UNSAFE, (character) =>
    character === "\n"
      ? character
      : [...unitsOf(character)].map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join(""),
  );
}

function* unitsOf(character: string): Generator<number> {
  for (let index = 0; index < character.length; index++) yield character.charCodeAt(index);
}

/** ␛ for ESC and its like (Unicode's control pictures), a hexadecimal name for the others. */
function visible(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
  return `<${code < 0x100 ? code.toString(16).toUpperCase() : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`}>`;
}
