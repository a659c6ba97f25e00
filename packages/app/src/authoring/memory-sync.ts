/** @module Brings memory files and the store together: into the store, onto the disk, or both ways. Every text is kept before it is replaced. */

import type { SubjectState } from "../model/change.ts";
import { contentOf } from "../query/memory-files.ts";
import { hadContent, type MemoryState, memoryStates } from "../query/memory-states.ts";
import { hasChange, subjectState } from "../query/shared-subject.ts";
import type { Author } from "./author.ts";
import type { MemoryBases } from "./memory-bases.ts";
import { deletedChange, keptChange, textChange } from "./memory-change.ts";
import { decideMemory, type MemoryAction, type MemoryDirection } from "./memory-decide.ts";
import { type PutFile, putMemory } from "./memory-disk.ts";
import { type MemoryItem, memoryItems } from "./memory-items.ts";
import type { MemoryRoot } from "./memory-places.ts";
import { hashOf, type MemoryProblem, scanMemory } from "./memory-scan.ts";
import type { Authoring, MadeChange } from "./open-authoring.ts";

export interface MemorySyncQuestion {
  readonly direction: MemoryDirection;
  readonly roots: readonly MemoryRoot[];
  /** They were named one by one: what the command says of them holds, also of files of a working tree. */
  readonly named: boolean;
  readonly dryRun: boolean;
}

export interface MemorySyncServices {
  readonly authoring: Authoring;
  readonly author: Author;
  readonly bases: MemoryBases;
  readonly putFile: PutFile;
}

/** pushed: the disk's text is the newest version. pulled: the store's is on the disk. deleted: in the store. removed: from the disk. */
export type MemoryDone = "pushed" | "pulled" | "deleted" | "removed";

export interface MemorySyncRow {
  readonly id: string;
  readonly path: string;
  readonly project_id: string | null;
  readonly location: string;
  readonly action: MemoryDone;
  /** The version that was written, or that was put on the disk. */
  readonly version: string | null;
  /** Version made of what lay on the disk, before it was replaced. */
  readonly kept: string | null;
  /** Of a version that is put on the disk: who wrote it, and whether it came from elsewhere. */
  readonly by: string | null;
  readonly tainted: boolean;
}

export interface MemorySyncAnswer {
  readonly rows: readonly MemorySyncRow[];
  /** Files that are the same on both sides. */
  readonly same: number;
  /** Files with several versions that stand side by side. */
  readonly conflicts: readonly { readonly id: string; readonly path: string; readonly versions: readonly string[] }[];
  readonly problems: readonly MemoryProblem[];
}

interface Plan {
  readonly item: MemoryItem;
  readonly action: Exclude<MemoryAction, { do: "nothing" | "agree" | "forget" }>;
  readonly state: MemoryState | undefined;
}

interface MemoryTarget {
  readonly whole: SubjectState;
  readonly text: string;
  readonly version: string;
}

/** Names the temporary files of one run. */
function uniqueName(authoring: Authoring): string {
  return authoring.newId().replaceAll("-", "");
}

export async function syncMemory(
  services: MemorySyncServices,
  question: MemorySyncQuestion,
): Promise<MemorySyncAnswer> {
  const { authoring, bases } = services;
  const { roots, direction } = question;
  const scan = scanMemory(roots);
  const states = () => authoring.read((db) => memoryStates(db)) ?? new Map<string, MemoryState>();
  const { items, problems: unplaced } = memoryItems({ direction, roots, scan, states: states(), bases });
  const problems = [...scan.problems, ...unplaced];
  const rows: MemorySyncRow[] = [];
  let same = 0;
  if (!question.dryRun) await revive(services, items, states());
  // Two places of one file: the second sees what the first has written.
  for (const round of roundsOf(items)) {
    const known = states();
    const plans: Plan[] = [];
    for (const item of round) {
      const state = known.get(item.subject);
      const action = actionFor(services, question, item, state);
      if (action.do !== "nothing" && action.do !== "agree" && action.do !== "forget") {
        plans.push({ item, action, state });
        continue;
      }
      if (item.disk) same++;
      if (action.do === "forget") bases.set(item.location, null);
      if (action.do === "agree" && state && item.disk)
        bases.set(item.location, { subject: item.subject, version: state.version, sha256: item.disk.sha256 });
    }
    if (question.dryRun) rows.push(...plans.map((plan) => rowOf(plan, null, null)));
    else rows.push(...(await carryOut(services, plans, problems)));
  }
  if (!question.dryRun) bases.save();
  return { rows, same, conflicts: conflictsOf(authoring, items), problems };
}

/** What was written after a deletion, by somebody who did not know of it, is not deleted by it. */
async function revive(
  { authoring, author }: MemorySyncServices,
  items: readonly MemoryItem[],
  states: ReadonlyMap<string, MemoryState>,
): Promise<void> {
  const subjects = new Set(items.map(({ subject }) => subject).filter((subject) => states.get(subject)?.revived));
  const changes = [...subjects].flatMap((subject) => {
    const state = authoring.read((db) => subjectState(db, "memory", subject));
    return deletedChange(state, subject, false) ?? [];
  });
  await authoring.writeAll(changes, author);
}

function roundsOf(items: readonly MemoryItem[]): readonly (readonly MemoryItem[])[] {
  const rounds: MemoryItem[][] = [];
  const seen = new Map<string, number>();
  for (const item of items) {
    const round = seen.get(item.subject) ?? 0;
    seen.set(item.subject, round + 1);
    rounds[round] = [...(rounds[round] ?? []), item];
  }
  return rounds;
}

function actionFor(
  { authoring, bases }: MemorySyncServices,
  { direction, named }: MemorySyncQuestion,
  { location, subject, disk, root }: MemoryItem,
  state: MemoryState | undefined,
): MemoryAction {
  const known = bases.get(location);
  // A place that another file had before.
  const base = known?.subject === subject ? known : null;
  const stored = state && {
    ...state,
    hasBase: base !== null && (authoring.read((db) => hasChange(db, base.version)) ?? false),
    hasDisk: disk !== null && (authoring.read((db) => hadContent(db, subject, disk.content)) ?? false),
  };
  const isSaid = named && direction === "push" && disk !== null;
  if (isSaid && (!state || state.deleted || state.sha256 !== disk.sha256 || state.conflicts > 0))
    return { do: "push", sees: "all" };
  const action = decideMemory({ disk, base, stored: stored ?? null }, direction);
  if (named || root.isOwn) return action;
  if (action.do === "push") return { do: "push", sees: "all" };
  return action.do === "agree" ? action : { do: "nothing" };
}

async function carryOut(
  services: MemorySyncServices,
  plans: readonly Plan[],
  problems: MemoryProblem[],
): Promise<MemorySyncRow[]> {
  const { authoring, author, bases, putFile } = services;
  const targets = plans.map((plan) => targetOf(plan, services));
  const changes = plans.map((plan) => changeOf(plan, services));
  const ids = await authoring.writeAll(
    changes.filter((change) => change !== null),
    author,
  );
  let next = 0;
  const written = changes.map((change) => (change ? ids[next++]! : null));
  const rows: MemorySyncRow[] = [];
  for (const [index, plan] of plans.entries()) {
    const { item, action } = plan;
    const { location, subject, disk } = item;
    const version = written[index] ?? null;
    try {
      if (action.do === "push") bases.set(location, { subject, version: version!, sha256: disk!.sha256 });
      else if (action.do === "delete") bases.set(location, null);
      else if (action.do === "remove") {
        putMemory(putFile, item, null, uniqueName(authoring));
        bases.set(location, null);
      } else {
        const target = targets[index]!;
        const stands = version === null ? target.version : await standingAgain(services, item, target, version);
        putMemory(putFile, item, Buffer.from(target.text), uniqueName(authoring));
        bases.set(location, { subject, version: stands, sha256: hashOf(target.text) });
        rows.push(rowOf(plan, stands, version));
        continue;
      }
      rows.push(rowOf(plan, version, action.do === "remove" ? version : null));
    } catch (error) {
      problems.push({ path: location, message: (error as Error).message });
    }
  }
  return rows;
}

/** The version that is written down before anything else happens; null: none is needed. */
function changeOf({ item, action }: Plan, { authoring, bases }: MemorySyncServices): MadeChange | null {
  const { subject, disk, location } = item;
  const state = authoring.read((db) => subjectState(db, "memory", subject));
  const base = bases.get(location);
  const seen = base?.subject === subject ? [base.version] : [];
  if (action.do === "delete") return deletedChange(state, subject, true);
  if (action.do === "push")
    return textChange(
      state,
      { ...item, content: disk!.content },
      action.sees === "none" ? [] : action.sees === "base" ? seen : [...seen, ...(state?.standing.content ?? [])],
    );
  if (!action.keep || !disk) return null;
  return keptChange(state, subject, disk.content, seen);
}

/** What goes to the disk. */
function targetOf({ item, action, state }: Plan, { authoring }: MemorySyncServices): MemoryTarget | null {
  if (action.do !== "pull" || !state) return null;
  const whole = authoring.read((db) => subjectState(db, "memory", item.subject));
  return whole && { whole, text: contentOf(whole), version: state.version };
}

/** Where the disk's own text was kept just now, the store's stands over it again: answers the version that does. */
async function standingAgain(
  { authoring, author }: MemorySyncServices,
  item: MemoryItem,
  { whole, text, version }: MemoryTarget,
  kept: string,
): Promise<string> {
  const over = [...(whole.standing.content ?? []), kept, version];
  const [again] = await authoring.writeAll([textChange(whole, { ...item, content: text }, over)], author);
  return again!;
}

function rowOf({ item, action, state }: Plan, version: string | null, kept: string | null): MemorySyncRow {
  const { subject, path, projectId, location } = item;
  const done = { push: "pushed", pull: "pulled", delete: "deleted", remove: "removed" } as const;
  const isPulled = action.do === "pull";
  return {
    id: subject,
    path,
    project_id: projectId,
    location,
    action: done[action.do],
    version: version ?? (isPulled ? (state?.version ?? null) : null),
    kept,
    by: isPulled ? (state?.author ?? null) : null,
    tainted: isPulled && (state?.tainted ?? false),
  };
}

function conflictsOf(authoring: Authoring, items: readonly MemoryItem[]): MemorySyncAnswer["conflicts"] {
  const states = authoring.read((db) => memoryStates(db));
  const subjects = [...new Set(items.map(({ subject }) => subject))];
  return subjects.flatMap((subject) => {
    const state = states?.get(subject);
    if (!state || state.conflicts === 0 || state.deleted) return [];
    const whole = authoring.read((db) => subjectState(db, "memory", subject));
    return [{ id: subject, path: state.path, versions: (whole?.conflicts.content ?? []).map(({ change }) => change) }];
  });
}
