/** @module Repeatable randomness and ids that look like the client's, for made-up transcripts. */
import { createHash } from "node:crypto";

export interface Random {
  /** From 0 up to, but not including, 1. */
  readonly next: () => number;
  /** A whole number, both ends included. */
  readonly between: (low: number, high: number) => number;
  /** So many lower-case hex digits. */
  readonly hex: (digits: number) => string;
  readonly uuid: () => string;
  /** The prefix and 22 letters and digits, e.g. `msg_01...`. */
  readonly id: (prefix: string) => string;
}

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** The same seed gives the same sequence (mulberry32, started from a hash of the seed). */
export function createRandom(seed: string): Random {
  let state = createHash("sha256").update(seed).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const draw = (letters: string, count: number): string =>
    Array.from({ length: count }, () => letters[between(0, letters.length - 1)]).join("");
  const hex = (digits: number): string => draw("0123456789abcdef", digits);
  return {
    next,
    between,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${draw("89ab", 1)}${hex(3)}-${hex(12)}`,
    id: (prefix) => `${prefix}01${draw(alphabet, 22)}`,
  };
}
