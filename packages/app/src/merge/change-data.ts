/** @module Data of a change as its author makes it: each value names what it replaces, each removal what it takes away. */
import type { ChangeData, SubjectState, WrittenValue } from "../model/change.ts";

export interface Intent {
  readonly set?: Readonly<Record<string, WrittenValue["value"]>>;
  readonly add?: Readonly<Record<string, readonly string[]>>;
  readonly remove?: Readonly<Record<string, readonly string[]>>;
  readonly note?: string;
  readonly mark?: string;
}

/** What an author who sees `state` has to write so that `intent` comes about. Null: it stands so already. */
export function changeData(state: SubjectState | null, intent: Intent): ChangeData | null {
  const set: Record<string, WrittenValue["value"]> = {};
  const replaces: Record<string, readonly string[]> = {};
  for (const [field, value] of Object.entries(intent.set ?? {})) {
    const seen = state?.standing[field] ?? [];
    // A conflict is settled also by choosing the value that is shown.
    if (!state?.conflicts[field] && (state?.fields[field]?.value ?? null) === value) continue;
    set[field] = value;
    if (seen.length > 0) replaces[field] = seen;
  }
  const add: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(intent.add ?? {})) {
    const there = new Set(state?.sets[name]?.map(({ value }) => value));
    const added = [...new Set(values)].filter((value) => !there.has(value)).sort();
    if (added.length > 0) add[name] = added;
  }
  const remove: Record<string, readonly { readonly value: string; readonly of: readonly string[] }[]> = {};
  for (const [name, values] of Object.entries(intent.remove ?? {})) {
    const gone = (state?.sets[name] ?? []).filter(({ value }) => values.includes(value));
    if (gone.length > 0) remove[name] = gone.map(({ value, by }) => ({ value, of: by }));
  }
  const data: ChangeData = {
    ...(Object.keys(set).length > 0 && { set }),
    ...(Object.keys(replaces).length > 0 && { replaces }),
    ...(Object.keys(add).length > 0 && { add }),
    ...(Object.keys(remove).length > 0 && { remove }),
    ...(intent.note !== undefined && { note: intent.note }),
    ...(intent.mark !== undefined && { mark: intent.mark }),
  };
  return Object.keys(data).length > 0 ? data : null;
}
