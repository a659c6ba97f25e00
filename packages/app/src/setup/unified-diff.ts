/** @module The difference of two texts as lines, in the form that `patch` reads. */

export type DiffLineKind = "header" | "hunk" | "context" | "removed" | "added" | "note";

export interface DiffLine {
  readonly kind: DiffLineKind;
  /** With its sign, without its line ending. */
  readonly text: string;
}

export interface DiffNames {
  /** Null: there is no such file. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Lines around a change. */
const CONTEXT = 3;
/** More changed lines than this are shown as one block: looking for the shortest difference costs their square. */
const MOST_STEPS = 1500;

/** The lines of a unified diff; none when the texts are equal. */
export function unifiedDiff(before: string, after: string, names: DiffNames): readonly DiffLine[] {
  if (before === after && (names.before === null) === (names.after === null)) return [];
  const [old, now] = [linesOf(before), linesOf(after)];
  const lines: DiffLine[] = [
    { kind: "header", text: `--- ${names.before ?? "/dev/null"}` },
    { kind: "header", text: `+++ ${names.after ?? "/dev/null"}` },
  ];
  for (const hunk of hunksOf(changesOf(old, now), old.length, now.length)) {
    lines.push({ kind: "hunk", text: `@@ -${hunk.old} +${hunk.now} @@` });
    for (const { kind, index } of hunk.steps) {
      const line = (kind === "added" ? now : old)[index]!;
      lines.push({ kind, text: SIGNS[kind] + line.replace(/\r?\n$/u, "") });
      if (!line.endsWith("\n")) lines.push({ kind: "note", text: "\\ No newline at end of file" });
    }
  }
  return lines;
}

/** The diff as text, "" when there is none. */
export function diffText(lines: readonly DiffLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join("");
}

type StepKind = "context" | "removed" | "added";
interface Step {
  readonly kind: StepKind;
  /** Of the line, in the old text or, when added, in the new one. */
  readonly index: number;
}
interface Hunk {
  readonly old: string;
  readonly now: string;
  readonly steps: readonly Step[];
}
const SIGNS: Readonly<Record<StepKind, string>> = { context: " ", removed: "-", added: "+" };

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/u);
}

/** All lines in order: kept, removed and added. */
function changesOf(old: readonly string[], now: readonly string[]): readonly Step[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let same = 0;
  while (same < Math.min(old.length, now.length) - start && old[old.length - 1 - same] === now[now.length - 1 - same])
    same++;
  const middle = shortest(old.slice(start, old.length - same), now.slice(start, now.length - same));
  const shifted = middle.map(({ kind, index }) => ({ kind, index: index + start }));
  const context = (from: number, to: number): Step[] =>
    Array.from({ length: to - from }, (_, offset) => ({ kind: "context", index: from + offset }));
  return [...context(0, start), ...shifted, ...context(old.length - same, old.length)];
}

/** Myers' algorithm: the fewest lines removed and added. */
function shortest(old: readonly string[], now: readonly string[]): readonly Step[] {
  const trace: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let steps = 0; steps <= Math.min(MOST_STEPS, old.length + now.length); steps++) {
    const next = new Map(reach);
    trace.push(reach);
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      const goesDown =
        diagonal === -steps || (diagonal !== steps && (next.get(diagonal - 1) ?? -1) < (next.get(diagonal + 1) ?? -1));
      let x = goesDown ? (next.get(diagonal + 1) ?? 0) : (next.get(diagonal - 1) ?? 0) + 1;
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= old.length && x - diagonal >= now.length) return walkBack(trace, old.length, now.length);
    }
    reach = next;
  }
  return [
    ...old.map((_, index): Step => ({ kind: "removed", index })),
    ...now.map((_, index): Step => ({ kind: "added", index })),
  ];
}

function walkBack(trace: readonly Map<number, number>[], oldLength: number, nowLength: number): readonly Step[] {
  const steps: Step[] = [];
  let [x, y] = [oldLength, nowLength];
  for (let depth = trace.length - 1; depth >= 0; depth--) {
    const reach = trace[depth]!;
    const diagonal = x - y;
    const goesDown =
      diagonal === -depth || (diagonal !== depth && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1));
    const from = goesDown ? diagonal + 1 : diagonal - 1;
    const fromX = depth === 0 ? 0 : (reach.get(from) ?? 0);
    const fromY = depth === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      steps.push({ kind: "context", index: x });
    }
    if (depth === 0) break;
    if (goesDown) steps.push({ kind: "added", index: --y });
    else steps.push({ kind: "removed", index: --x });
  }
  return steps.reverse();
}

function hunksOf(steps: readonly Step[], oldLength: number, nowLength: number): readonly Hunk[] {
  const isShown = new Uint8Array(steps.length);
  for (const [index, { kind }] of steps.entries())
    if (kind !== "context") isShown.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  const hunks: Hunk[] = [];
  let [oldLine, nowLine, at] = [0, 0, 0];
  while (at < steps.length) {
    let end = at;
    while (end < steps.length && isShown[end] === isShown[at]) end++;
    const part = steps.slice(at, end);
    const oldCount = part.filter(({ kind }) => kind !== "added").length;
    const nowCount = part.filter(({ kind }) => kind !== "removed").length;
    if (isShown[at])
      hunks.push({ old: range(oldLine, oldCount, oldLength), now: range(nowLine, nowCount, nowLength), steps: part });
    [oldLine, nowLine, at] = [oldLine + oldCount, nowLine + nowCount, end];
  }
  return hunks;
}

/** `first,count` as patch counts: from 1, and the line before when there are none. */
function range(start: number, count: number, length: number): string {
  const first = count === 0 ? Math.min(start, length) : start + 1;
  return count === 1 ? String(first) : `${first},${count}`;
}
