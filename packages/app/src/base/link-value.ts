/** @module The link of an entry, read back from the text that its set holds. */
import { type EntryLink, LINK_KINDS } from "../model/entry.ts";

/** Null: what another device wrote there is no link. */
export function linkOf(text: string): EntryLink | null {
  try {
    const { kind, target } = JSON.parse(text) as { readonly kind?: unknown; readonly target?: unknown };
    const known = LINK_KINDS.find((one) => one === kind);
    return known && typeof target === "string" ? { kind: known, target } : null;
  } catch {
    return null;
  }
}
