/** @module The history of an entry or a message as people read it: who, when, and what became what. */

import { linkOf } from "../../../base/link-value.ts";
import type { HistoryRow } from "../../../model/entry.ts";
import { localTime } from "./formats.ts";
import { bold, dim, type Piece } from "./piece.ts";

type Line = readonly Piece[];

/** Fields that name places by ids, and are said elsewhere; --json has them. */
const UNSAID: ReadonlySet<string> = new Set(["project", "workspace", "to_kind", "thread"]);

/** A heading, and every change. */
export function historyPart(rows: readonly HistoryRow[], timeZone: string): readonly Line[] {
  return [[""], [bold("history")], ...rows.flatMap((row) => historyLines(row, timeZone))];
}

function historyLines(row: HistoryRow, timeZone: string): readonly Line[] {
  const { set, added, removed, note, mark } = row;
  const moved = set.filter(({ field, from }) => !UNSAID.has(field) || from.length > 0);
  const elements = (sign: string, sets: HistoryRow["added"]): readonly string[] =>
    Object.entries(sets).flatMap(([name, values]) => values.map((value) => `${name}: ${sign} ${element(name, value)}`));
  const what = [
    ...moved.map(fieldText),
    ...elements("+", added),
    ...elements("-", removed),
    ...(note === null ? [] : [`note: ${shorten(note)}`]),
    ...(mark === null ? [] : [markText(mark)]),
  ];
  const who = [row.author, ...(row.origin === "agent" ? ["(agent)"] : [])].join(" ");
  return [[dim(`${localTime(row.at, timeZone)}  ${who}`)], ...what.map((text): Line => ["  ", text])];
}

function fieldText({ field, from, to }: HistoryRow["set"][number]): string {
  if (field === "deleted") return to === true ? "deleted" : "brought back";
  const before = from.length === 0 ? "" : `${from.map(shown).join(", ")} → `;
  return `${field}: ${before}${shown(to)}`;
}

function markText(mark: string): string {
  if (mark.startsWith("approved:")) return "approved as it stood";
  return mark.startsWith("unapproved:") ? "took the approval back" : mark;
}

function element(name: string, value: string): string {
  const link = name === "links" ? linkOf(value) : null;
  return shorten(link ? `${link.kind}:${link.target}` : value);
}

const shown = (value: unknown): string => (value === null || value === "" ? "nothing" : shorten(String(value)));

const LONGEST = 100;
function shorten(text: string): string {
  const line = text.replace(/\s+/gu, " ");
  return [...line].length <= LONGEST ? line : `${[...line].slice(0, LONGEST - 1).join("")}…`;
}
