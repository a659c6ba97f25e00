/** @module Ids of sessions and events as short as people can still use them: each is a beginning of the whole id. */

/** Where a UUID may be cut: behind each group of digits. */
const CUTS = [8, 13, 18, 23, 36];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/u;
const HASH = /^[0-9a-f]{32}$/u;
const HASH_DIGITS = 8;
/** The 13th digit is the version. Version 7 begins with the time: eight digits are the same for 65 seconds, twelve for one millisecond. */
const isByTime = (root: string): boolean => root[14] === "7";

/** By itself: a root's first digits, for an agent its own name too. */
export function shortId(id: string): string {
  const { root, agent } = parted(id);
  return shortened(root, 0) + agent;
}

/** What shortens ids that stand in one list: two that differ never look the same. */
export function shortIds(ids: Iterable<string | null>): (id: string) => string {
  const roots = new Set<string>();
  for (const id of ids) if (id !== null) roots.add(parted(id).root);
  const sorted = [...roots].sort();
  /** How many characters each shares with the one that is most like it. */
  const shared = new Map<string, number>();
  for (const [index, root] of sorted.entries()) {
    const neighbours = [sorted[index - 1], sorted[index + 1]];
    shared.set(root, Math.max(...neighbours.map((other) => (other === undefined ? 0 : sharedLength(root, other)))));
  }
  return (id) => {
    const { root, agent } = parted(id);
    return shortened(root, shared.get(root) ?? 0) + agent;
  };
}

function parted(id: string): { readonly root: string; readonly agent: string } {
  const dot = id.indexOf(".");
  return dot < 0 ? { root: id, agent: "" } : { root: id.slice(0, dot), agent: id.slice(dot) };
}

/** Longer than what it shares with another. */
function shortened(root: string, shared: number): string {
  if (UUID.test(root)) {
    const least = isByTime(root) ? CUTS[1]! : CUTS[0]!;
    return root.slice(0, CUTS.find((cut) => cut >= least && cut > shared) ?? root.length);
  }
  return HASH.test(root) ? root.slice(0, Math.max(HASH_DIGITS, shared + 1)) : root;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
