/**
 * @module What a set of changes to one subject comes to. Fields are multi-value registers: a value stands until a change
 * that saw it replaces it, so neither a wrong clock nor a partition loses one. Sets are add-wins. Notes and marks only grow.
 */
import type { Change, SubjectState, WrittenValue } from "../model/change.ts";

/** Order of changes that all replicas share: clock, then device, then id. It shows what is newest, and decides nothing else. */
export function compareChanges(a: Change, b: Change): number {
  if (a.hlc !== b.hlc) return a.hlc - b.hlc;
  if (a.device !== b.device) return a.device < b.device ? -1 : 1;
  if (a.changeId === b.changeId) return 0;
  return a.changeId < b.changeId ? -1 : 1;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Null for no changes. Pure: the order of `changes` and repeated ones make no difference. */
export function foldChanges(changes: readonly Change[]): SubjectState | null {
  const ordered = [...new Map(changes.map((change) => [change.changeId, change])).values()].sort(compareChanges);
  const first = ordered[0];
  const last = ordered.at(-1);
  if (!first || !last) return null;
  const replaced = new Map<string, Set<string>>();
  const removed = new Set<string>();
  for (const { data } of ordered) {
    for (const [field, ids] of Object.entries(data.replaces ?? {})) {
      const known = replaced.get(field) ?? new Set();
      for (const id of ids) known.add(id);
      replaced.set(field, known);
    }
    for (const [name, list] of Object.entries(data.remove ?? {})) {
      for (const { value, of } of list) for (const id of of) removed.add(elementKey(name, value, id));
    }
  }
  const values = new Map<string, WrittenValue[]>();
  const sets = new Map<string, Map<string, string[]>>();
  const notes: Mutable<SubjectState["notes"][number]>[] = [];
  const marks = new Map<string, Map<string, number>>();
  let tainted = false;
  // Newest first.
  for (const change of [...ordered].reverse()) {
    const { changeId, author, ts, data, origin } = change;
    for (const [field, value] of Object.entries(data.set ?? {})) {
      if (replaced.get(field)?.has(changeId)) continue;
      values.set(field, [...(values.get(field) ?? []), { value, change: changeId, author, ts }]);
      tainted ||= change.tainted;
    }
    for (const [name, list] of Object.entries(data.add ?? {})) {
      for (const value of list) {
        if (removed.has(elementKey(name, value, changeId))) continue;
        const elements = sets.get(name) ?? new Map<string, string[]>();
        elements.set(value, [...(elements.get(value) ?? []), changeId].sort());
        sets.set(name, elements);
        tainted ||= change.tainted;
      }
    }
    if (data.note !== undefined) {
      notes.unshift({ change: changeId, text: data.note, author, origin, tainted: change.tainted, ts });
      tainted ||= change.tainted;
    }
    if (data.mark !== undefined) {
      const by = marks.get(data.mark) ?? new Map<string, number>();
      // Going backwards, the earliest is written last.
      by.set(author, ts);
      marks.set(data.mark, by);
    }
  }
  const fields = sortedEntries(values).map(([name, list]) => [name, list[0]!] as const);
  const conflicts = sortedEntries(values).filter(([, list]) => new Set(list.map(({ value }) => value)).size > 1);
  return {
    subject: first.subject,
    target: first.target,
    fields: Object.fromEntries(fields),
    conflicts: Object.fromEntries(conflicts),
    standing: Object.fromEntries(
      sortedEntries(values).map(([name, list]) => [name, list.map(({ change }) => change).sort()]),
    ),
    sets: Object.fromEntries(
      sortedEntries(sets).map(([name, elements]) => [
        name,
        sortedEntries(elements).map(([value, by]) => ({ value, by })),
      ]),
    ),
    notes,
    marks: Object.fromEntries(sortedEntries(marks).map(([mark, by]) => [mark, Object.fromEntries(sortedEntries(by))])),
    created: whoAndWhen(first),
    changed: whoAndWhen(last),
    tainted,
  };
}

function elementKey(name: string, value: string, change: string): string {
  return JSON.stringify([name, value, change]);
}

function whoAndWhen({ changeId, author, origin, ts, hlc, sessionId }: Change): SubjectState["created"] {
  return { changeId, author, origin, ts, hlc, sessionId };
}

function sortedEntries<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
