/** @module A record as one line of JSON, whatever it holds. */
import { cut, plainCopy } from "./plain-copy.ts";
import type { ClewRecord } from "./wire.ts";

/** Characters of the longest record; a longer one keeps its head. */
export const LONGEST_RECORD: number = 256 * 1024;
const LONGEST_MESSAGE = 64 * 1024;

/** Never throws: what JSON cannot say is left out or named. */
export function encodeRecord(record: ClewRecord): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(record);
  } catch {
    // A cycle, a bigint, a toJSON that throws, too deep a nest.
    text = JSON.stringify({ ...record, data: plainCopy(record.data) });
  }
  if (text.length <= LONGEST_RECORD) return text;
  const { message, data, ...head } = record;
  return JSON.stringify({
    ...head,
    ...(message !== undefined && { message: cut(message, LONGEST_MESSAGE) }),
    ...(data && { data: { ...plainCopyOf(data), cut_from: text.length } }),
  });
}

/** As much of some data as fits: short texts, few values. */
function plainCopyOf(data: Readonly<Record<string, unknown>>): object {
  const options = { maxString: 2000, maxValues: 50, maxDepth: 4 };
  const copy = plainCopy(data, options);
  return copy !== null && typeof copy === "object" ? copy : {};
}
