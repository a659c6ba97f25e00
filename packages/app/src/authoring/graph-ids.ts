/** @module Ids of what is in the memory graph: functions of names, so that two devices that write the same mean the same. */
import { createHash } from "node:crypto";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Of the first name that an entity has. */
export function entityIdOf(name: string): string {
  return `n-${hash(name.normalize("NFC").trim())}`;
}

export function relationIdOf(fromId: string, type: string, toId: string): string {
  return `r-${hash([fromId, type.normalize("NFC"), toId].join("|"))}`;
}
