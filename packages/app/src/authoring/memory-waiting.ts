/** @module Versions of memory files that another wrote and that wait for a person: what a command lists. */
import { memoryKey } from "../query/memory-key.ts";
import { type MemoryOffer, memoryOffers, type WaitingVersion } from "../query/memory-offers.ts";
import type { Foreignness } from "../query/memory-trust.ts";
import type { MemoryItem } from "./memory-items.ts";
import type { MemorySyncServices } from "./memory-sync.ts";

export interface MemoryWaiting {
  readonly id: string;
  /** Names the file where its path, which is another's words, must not stand. */
  readonly key: string;
  readonly path: string;
  readonly project_id: string | null;
  readonly version: string;
  readonly what: WaitingVersion["what"];
  readonly by: string;
  readonly at: string | null;
  readonly tainted: boolean;
  readonly why: Foreignness;
}

/** What waits for one place of a file: nothing that lies there already. */
export function waitingFor(item: MemoryItem, offer: MemoryOffer | undefined): readonly MemoryWaiting[] {
  const { subject, path, projectId, disk } = item;
  const isNews = ({ what, content }: WaitingVersion): boolean =>
    what === "deleted" ? disk !== null : disk?.content !== content;
  return (offer?.waiting ?? []).filter(isNews).map(({ version, what, author, ts, tainted, why }) => ({
    id: subject,
    key: memoryKey(subject),
    path,
    project_id: projectId,
    version,
    what,
    by: author,
    at: ts,
    tainted,
    why,
  }));
}

/** Those of one file, newest first. */
export function waitingVersions(
  { authoring, reader }: Pick<MemorySyncServices, "authoring" | "reader">,
  id: string,
): readonly WaitingVersion[] {
  return authoring.read((db) => memoryOffers(db, reader, id))?.get(id)?.waiting ?? [];
}
