/**
 * @module Which lines can state a response, from a few bytes of each. A transcript is mostly tool results, and they can
 * not: their root says `"type":"user"`, and a root has one type.
 */

const NEWLINE = 10;
const BRACE = 0x7b;
const LETTER_T = 0x74;

/** user: a prompt or a tool result. bare: begins with its type. other: only a look inside tells. */
export type LineKind = "user" | "bare" | "silent" | "other";

const USER = Buffer.from('"type":"user","message":');
const PROGRESS = Buffer.from('"type":"progress","data":');
const TYPE = Buffer.from('{"type":"');
const LETTER_A = 0x61;
const RESPONSE_TYPES = [Buffer.from('assistant"'), Buffer.from('progress"')];
const USER_TYPE = Buffer.from('user"');

function endsWith(bytes: Buffer, at: number, start: number, word: Buffer): boolean {
  const from = at - word.length;
  if (from <= start) return false;
  for (let i = word.length - 1; i >= 0; i--) if (bytes[from + i] !== word[i]) return false;
  return true;
}

function startsWith(bytes: Buffer, at: number, word: Buffer): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** Kind of a record whose type, which begins at `at`, comes first. */
function bareKind(bytes: Buffer, at: number): LineKind {
  if (RESPONSE_TYPES.some((type) => startsWith(bytes, at, type))) return "other";
  return startsWith(bytes, at, USER_TYPE) ? "user" : "bare";
}

/**
 * `bytes[start..end)` is one line. What stands before the second brace of a line stands at its root, outside of every
 * nested object: a type found there is the record's own. "silent" lines are progress records of another kind than
 * agent_progress, told by the same reasoning one level deeper.
 */
export function lineKind(bytes: Buffer, start: number, end: number): LineKind {
  if (bytes[start + 2] === LETTER_T && startsWith(bytes, start, TYPE)) return bareKind(bytes, start + TYPE.length);
  const brace = bytes.indexOf(BRACE, start + 1);
  if (brace < 0 || brace >= end) return "other";
  if (endsWith(bytes, brace, start, USER)) return "user";
  if (endsWith(bytes, brace, start, PROGRESS) && startsWith(bytes, brace, TYPE)) {
    return bytes[brace + TYPE.length] === LETTER_A ? "other" : "silent";
  }
  return "other";
}

/** End of the line that starts at `start`: its newline. */
export function lineEnd(bytes: Buffer, start: number): number {
  return bytes.indexOf(NEWLINE, start);
}
