/** @module Which versions whoever wrote what lies in a place has seen: those that their text comes after. */
import type { SubjectState } from "../model/change.ts";
import { memoryVersion } from "../query/memory-files.ts";
import type { MemoryBase, MemoryBases } from "./memory-bases.ts";
import { hashOf } from "./memory-read.ts";
import type { Authoring } from "./open-authoring.ts";

/** The newest version that a run which was cut short has brought to the store: disk and store agreed on it then. Null: none. */
export function arrivedVersion(
  { read }: Pick<Authoring, "read">,
  { intended }: Pick<MemoryBases, "intended">,
  { location, subject }: { readonly location: string; readonly subject: string },
): MemoryBase | null {
  for (const version of [...intended(location)].reverse()) {
    const found = read((db) => memoryVersion(db, subject, version));
    if (found?.kind === "one") return { subject, version, sha256: hashOf(found.content) };
  }
  return null;
}

/**
 * The version that disk and store last agreed on, every other that stands with the same text (two runs at once write two), and what a
 * run that was cut short wrote of this place.
 */
export function seenVersions(
  bases: Pick<MemoryBases, "get" | "intended">,
  { location, subject }: { readonly location: string; readonly subject: string },
  state: SubjectState | null,
): readonly string[] {
  const base = bases.get(location);
  const cutShort = bases.intended(location);
  if (base?.subject !== subject) return cutShort;
  return [base.version, ...versionsOf(state, base.sha256), ...cutShort];
}

function versionsOf(state: SubjectState | null, sha256: string): readonly string[] {
  const isIt = ({ value }: { readonly value: unknown }): boolean =>
    typeof value === "string" && hashOf(value) === sha256;
  const { content } = state?.conflicts ?? {};
  if (content) return content.filter(isIt).map(({ change }) => change);
  // No conflict: all that stand have the one text.
  const top = state?.fields.content;
  return top && isIt(top) ? (state.standing.content ?? []) : [];
}
