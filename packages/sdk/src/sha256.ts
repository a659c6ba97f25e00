/** @module SHA-256 of a short text, in plain code: loading Node's crypto would cost a program's start-up some milliseconds. */

import { hex32 } from "./hex.ts";

interface Constants {
  readonly round: Int32Array;
  readonly start: Int32Array;
}

let known: Constants | null = null;

function constants(): Constants {
  if (known) return known;
  const primes = firstPrimes(64);
  known = {
    round: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  };
  return known;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes;
}

/** First 32 bits after the point. */
function fraction(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) | 0;
}

function padded(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  // Texts are far shorter than 512 MB: the length in bits fits the last four bytes.
  const bits = bytes.length * 8;
  for (let index = 0; index < 4; index++) whole[whole.length - 1 - index] = bits >>> (8 * index);
  return whole;
}

/** Used again by every call; nothing else runs in between. */
const words = new Int32Array(64);

function schedule(bytes: Uint8Array, from: number): void {
  for (let index = 0, at = from; index < 16; index++, at += 4)
    words[index] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  for (let index = 16; index < 64; index++) {
    const late = words[index - 2]!;
    const early = words[index - 15]!;
    const sigma1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    const sigma0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    words[index] = (sigma1 + words[index - 7]! + sigma0 + words[index - 16]!) | 0;
  }
}

/** The compression function, on single variables: it runs for every session. */
function compress(hash: Int32Array, round: Int32Array): void {
  let a = hash[0]!;
  let b = hash[1]!;
  let c = hash[2]!;
  let d = hash[3]!;
  let e = hash[4]!;
  let f = hash[5]!;
  let g = hash[6]!;
  let h = hash[7]!;
  for (let index = 0; index < 64; index++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + round[index]! + words[index]!) | 0;
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  hash[0] = hash[0]! + a;
  hash[1] = hash[1]! + b;
  hash[2] = hash[2]! + c;
  hash[3] = hash[3]! + d;
  hash[4] = hash[4]! + e;
  hash[5] = hash[5]! + f;
  hash[6] = hash[6]! + g;
  hash[7] = hash[7]! + h;
}

/** 64 hex digits of SHA-256 of a text's UTF-8. */
export function sha256(text: string): string {
  const { round, start } = constants();
  const hash = Int32Array.from(start);
  const bytes = padded(text);
  for (let block = 0; block < bytes.length; block += 64) {
    schedule(bytes, block);
    compress(hash, round);
  }
  let digits = "";
  for (let index = 0; index < 8; index++) digits += hex32(hash[index]!);
  return digits;
}
