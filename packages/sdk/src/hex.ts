/** @module Numbers as hex digits, by table: ids are made for every record. */

let table: readonly string[] | null = null;

/** Eight digits of a 32-bit number, signed or not. */
export function hex32(word: number): string {
  table ??= Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
  return table[word >>> 24]! + table[(word >>> 16) & 255]! + table[(word >>> 8) & 255]! + table[word & 255]!;
}
