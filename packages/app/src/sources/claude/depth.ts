/** @module How deep JSON nests: told from the bytes before a long line is parsed, from the value for every other. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{` become this when bit 0x20 is set, `]` and `}` the other. */
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** True when brackets outside of strings nest deeper than `limit`. About 1.4 ns a byte. */
export function bytesNestDeeperThan(bytes: Uint8Array, limit: number): boolean {
  const length = bytes.length;
  let depth = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      for (at++; at < length; at++) {
        const inside = bytes[at] as number;
        if (inside === BACKSLASH) at++;
        else if (inside === QUOTE) break;
      }
    } else if ((byte | 0x20) === OPEN) {
      if (++depth > limit) return true;
    } else if ((byte | 0x20) === CLOSE) depth--;
  }
  return false;
}

/** True when objects and arrays nest deeper than `limit`, which also bounds the recursion. A twentieth of the bytes' cost. */
export function valueNestsDeeperThan(value: object, limit: number): boolean {
  if (limit === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value)
      if (typeof item === "object" && item !== null && valueNestsDeeperThan(item, limit - 1)) return true;
    return false;
  }
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === "object" && item !== null && valueNestsDeeperThan(item, limit - 1)) return true;
  }
  return false;
}
