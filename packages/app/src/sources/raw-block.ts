/** @module A record that nothing understands, as a block: its bytes as text, within bounds. */
import type { Block } from "../model/present.ts";
import { clipText } from "./claude/clean-text.ts";
import { decodeText } from "./claude/decode.ts";

/** A record that is shown as it stands is cut here. */
const RAW_LIMIT = 64 * 1024;

export function rawBlock(body: Buffer): Block {
  return { kind: "raw", text: clipText(decodeText(body.subarray(0, 4 * RAW_LIMIT)), RAW_LIMIT) };
}
