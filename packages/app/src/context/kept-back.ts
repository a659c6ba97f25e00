/** @module How much of one's own words is not passed on by itself, in figures and words of ours, and where they can be read. */
import { AFTER_READING, type ContentKind } from "./policy.ts";

/** In the order in which they are named; one and several of each. */
const NAMES: readonly (readonly [ContentKind, string, string, "state" | "report"])[] = [
  ["summary", "summary", "summaries", "report"],
  ["focus", "focus", "focuses", "state"],
  ["next_step", "next step", "next steps", "state"],
  ["todo", "todo", "todos", "state"],
  ["decision", "decision", "decisions", "report"],
  ["learning", "learning", "learnings", "report"],
  ["task_completed", "completed task", "completed tasks", "report"],
];

/** Null: nothing is kept back. */
export function keptBackLine(counts: ReadonlyMap<ContentKind, number>): string | null {
  const named = NAMES.filter(([kind]) => counts.has(kind));
  if (named.length === 0) return null;
  const parts = named.map(([kind, one, many]) => `${counts.get(kind)} ${counts.get(kind) === 1 ? one : many}`);
  const isIn = (place: "state" | "report"): boolean => named.some(([, , , where]) => where === place);
  const where = [
    ...(isIn("state") ? ["clew state show"] : []),
    ...(isIn("report") ? ["clew show of that session"] : []),
  ];
  return `${parts.join(", ")}, ${AFTER_READING} (${where.join(", ")})`;
}
