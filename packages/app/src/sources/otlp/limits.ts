/** @module How much one request of an exporter may hold: what is more is refused before it takes memory or disk. */

export interface OtlpLimits {
  /** Bytes of a compressed body. */
  readonly compressedBytes: number;
  /** Bytes of a body that is not compressed, or not any more. */
  readonly bytes: number;
  /** How many times its compressed size a body may grow to, once it is larger than `ratioFrom` bytes. */
  readonly ratio: number;
  readonly ratioFrom: number;
  readonly items: number;
  /** Characters of one item; a longer one is kept as broken, cut off. */
  readonly item: number;
  /** Characters of all items together, each with its resource and scope. */
  readonly written: number;
}

export const OTLP_LIMITS: OtlpLimits = {
  compressedBytes: 16 * 1024 * 1024,
  bytes: 64 * 1024 * 1024,
  ratio: 400,
  ratioFrom: 4 * 1024 * 1024,
  items: 100_000,
  item: 16 * 1024 * 1024,
  written: 256 * 1024 * 1024,
};
