/** @module The history of one thing that is shared as people read it: who, when, and what became what. */
import type { Change, WrittenValue } from "../model/change.ts";
import type { HistoryRow } from "../model/entry.ts";
import { isoTime } from "./session-row.ts";

/** Every change, in the order of `changes`. */
export function historyRows(changes: readonly Change[]): readonly HistoryRow[] {
  const written = new Map(changes.map((change) => [change.changeId, change.data.set ?? {}]));
  return changes.map((change) => {
    const { set = {}, replaces = {}, add = {}, remove = {}, note = null, mark = null } = change.data;
    const fromOf = (field: string): readonly WrittenValue["value"][] => [
      ...new Set(
        (replaces[field] ?? []).flatMap((id) => {
          const value = written.get(id)?.[field];
          return value === undefined ? [] : [value];
        }),
      ),
    ];
    return {
      change_id: change.changeId,
      at: isoTime(change.ts),
      author: change.author,
      origin: change.origin,
      tainted: change.tainted,
      device: change.device,
      session_id: change.sessionId,
      set: Object.entries(set).map(([field, to]) => ({ field, from: fromOf(field), to })),
      added: add,
      removed: Object.fromEntries(Object.entries(remove).map(([name, list]) => [name, list.map(({ value }) => value)])),
      note,
      mark,
    };
  });
}
