/** @module Brings memory files and the store together: into the store, onto the disk, or both ways. Every text is kept before it is replaced. */
import { ClewError } from "../base/error.ts";
import { memoryVersion } from "../query/memory-files.ts";
import { memoryKey } from "../query/memory-key.ts";
import { type MemoryOffer, memoryOffers } from "../query/memory-offers.ts";
import { hadContent, memoryStates } from "../query/memory-states.ts";
import type { MemoryReader } from "../query/memory-trust.ts";
import { isoTime } from "../query/session-row.ts";
import { hasChange, subjectState } from "../query/shared-subject.ts";
import type { Author } from "./author.ts";
import type { MemoryBases } from "./memory-bases.ts";
import { deletedChange, keptChange, textChange } from "./memory-change.ts";
import { decideMemory, type MemoryAction, type MemoryDirection } from "./memory-decide.ts";
import { type PutFile, putMemory } from "./memory-disk.ts";
import { type MemoryItem, memoryItems } from "./memory-items.ts";
import type { MemoryRoot } from "./memory-places.ts";
import { hashOf } from "./memory-read.ts";
import { type MemoryProblem, scanMemory } from "./memory-scan.ts";
import { arrivedVersion, seenVersions } from "./memory-seen.ts";
import type { MemoryConflict, MemoryGone, MemorySyncAnswer, MemorySyncRow } from "./memory-sync-answer.ts";
import { type MemoryWaiting, waitingFor } from "./memory-waiting.ts";
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
  /** Whose words may be written without being asked about. */
  readonly reader: MemoryReader;
  readonly bases: MemoryBases;
  readonly putFile: PutFile;
}

interface Plan {
  readonly item: MemoryItem;
  readonly action: Exclude<MemoryAction, { do: "nothing" | "agree" | "forget" }>;
  readonly offer: MemoryOffer | undefined;
}

/** Names the temporary files of one run. */
function uniqueName(authoring: Authoring): string {
  return authoring.newId().replaceAll("-", "");
}

export async function syncMemory(
  services: MemorySyncServices,
  question: MemorySyncQuestion,
): Promise<MemorySyncAnswer> {
  const { authoring, bases, reader } = services;
  const { roots, direction, named } = question;
  const scan = scanMemory(roots);
  const offers = () => authoring.read((db) => memoryOffers(db, reader)) ?? new Map<string, MemoryOffer>();
  let known = offers();
  const { items, problems: unplaced } = memoryItems({ direction, roots, named, scan, offers: known, bases });
  const problems = [...scan.problems, ...unplaced];
  const rows: MemorySyncRow[] = [];
  const waiting = new Map<string, MemoryWaiting>();
  const deleted = new Map<string, MemoryGone>();
  let same = 0;
  let isStale = question.dryRun ? false : await revive(services, items, known);
  // Two places of one file: the second sees what the first has written.
  for (const round of roundsOf(items)) {
    if (isStale) known = offers();
    const plans: Plan[] = [];
    for (const item of round) {
      const offer = known.get(item.subject);
      const action = actionFor(services, question, item, offer);
      const isAsked = direction !== "push" && action.do !== "delete" && (named || item.root.isOwn);
      const waits = isAsked ? waitingFor(item, offer) : [];
      for (const one of waits) waiting.set(one.version, one);
      if (action.do !== "nothing" && action.do !== "agree" && action.do !== "forget") {
        plans.push({ item, action, offer });
        continue;
      }
      const isDeleted = offer?.offered?.deleted === true && waits.length === 0;
      if (isDeleted && (item.disk || isNamedFile(question, item))) deleted.set(item.location, goneOf(authoring, item));
      else if (item.disk && waits.length === 0) same++;
      if (action.do === "forget") bases.set(item.location, null);
      if (action.do === "agree" && offer && item.disk)
        bases.set(item.location, {
          subject: item.subject,
          version: offer.offered?.version ?? offer.top.version,
          sha256: item.disk.sha256,
        });
    }
    if (question.dryRun) rows.push(...plans.map((plan) => rowOf(plan, null, null)));
    else rows.push(...(await carryOut(services, plans, problems)));
    isStale = plans.length > 0 && !question.dryRun;
  }
  if (!question.dryRun) saveBases(bases, problems);
  return {
    rows,
    same,
    deleted: [...deleted.values()],
    conflicts: conflictsOf(authoring, items),
    waiting: [...waiting.values()],
    problems,
  };
}

function isNamedFile({ named }: MemorySyncQuestion, { root }: MemoryItem): boolean {
  return named && root.kind === "file";
}

function goneOf(authoring: Authoring, { subject, path, location }: MemoryItem): MemoryGone {
  const flag = authoring.read((db) => subjectState(db, "memory", subject))?.fields.deleted;
  const at = flag === undefined ? null : isoTime(flag.ts);
  return { id: subject, key: memoryKey(subject), path, location, by: flag?.author ?? "unknown", at };
}

/** A disk that is full: the files stand as they were written, and the next run compares them by their histories. */
function saveBases(bases: MemoryBases, problems: MemoryProblem[]): void {
  try {
    bases.save();
  } catch (error) {
    const { path } = bases;
    problems.push({ path, message: `${path} cannot be written: ${(error as Error).message}` });
  }
}

/** What was written after a deletion, by somebody who did not know of it, is not deleted by it. True: something was changed. */
async function revive(
  { authoring, author }: MemorySyncServices,
  items: readonly MemoryItem[],
  offers: ReadonlyMap<string, MemoryOffer>,
): Promise<boolean> {
  const subjects = new Set(items.map(({ subject }) => subject));
  const changes = [...subjects].flatMap((subject) => {
    const offer = offers.get(subject);
    if (!offer?.top.revived || offer.offered?.deleted !== false) return [];
    const state = authoring.read((db) => subjectState(db, "memory", subject));
    return deletedChange(state, subject, false) ?? [];
  });
  await authoring.writeAll(changes, author);
  return changes.length > 0;
}

function roundsOf(items: readonly MemoryItem[]): readonly (readonly MemoryItem[])[] {
  const rounds: MemoryItem[][] = [];
  const seen = new Map<string, number>();
  for (const item of items) {
    const round = seen.get(item.subject) ?? 0;
    seen.set(item.subject, round + 1);
    const list = rounds[round];
    if (list) list.push(item);
    else rounds[round] = [item];
  }
  return rounds;
}

function actionFor(
  { authoring, bases }: MemorySyncServices,
  { direction, named }: MemorySyncQuestion,
  { location, subject, disk, root }: MemoryItem,
  offer: MemoryOffer | undefined,
): MemoryAction {
  const known = bases.get(location);
  const top = offer?.top;
  const stands = offer?.offered ?? (top && { ...top, deleted: false });
  // A place that another file had before.
  const base = arrivedVersion(authoring, bases, { location, subject }) ?? (known?.subject === subject ? known : null);
  const stored = stands && {
    ...stands,
    hasBase: base !== null && (authoring.read((db) => hasChange(db, base.version)) ?? false),
    hasDisk:
      disk !== null &&
      (disk.sha256 === stands.sha256 || (authoring.read((db) => hadContent(db, subject, disk.content)) ?? false)),
  };
  const isSaid = named && direction === "push" && disk !== null;
  if (isSaid && (!top || top.deleted || top.sha256 !== disk.sha256 || top.conflicts > 0))
    return { do: "push", sees: "all" };
  const action = decideMemory({ disk, base, stored: stored ?? null }, direction);
  // What stands is another's, and nobody has approved it.
  if (action.do === "pull" && !offer?.offered) return { do: "nothing" };
  if (named || root.isOwn) return action;
  if (action.do === "push") return { do: "push", sees: "all" };
  // Of a working tree each state is kept as it comes: also that a file was taken away, and that one came back with its branch.
  if (action.do === "delete") return action;
  if (disk && base === null && stands?.deleted && direction !== "pull") return { do: "push", sees: "all" };
  return action.do === "agree" ? action : { do: "nothing" };
}

async function carryOut(
  services: MemorySyncServices,
  plans: readonly Plan[],
  problems: MemoryProblem[],
): Promise<MemorySyncRow[]> {
  const { authoring, author, bases, putFile } = services;
  const texts = plans.map((plan) => textFor(plan, services));
  const changes = plans.map((plan) => {
    const change = changeOf(plan, services);
    return change && { ...change, changeId: authoring.newId() };
  });
  intend(bases, plans, changes);
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
        const text = texts[index]!;
        const stands = version === null ? text.version : await standingAgain(services, item, text, version);
        putMemory(putFile, item, Buffer.from(text.content), uniqueName(authoring));
        bases.set(location, { subject, version: stands, sha256: hashOf(text.content) });
        rows.push(rowOf(plan, stands, version));
        continue;
      }
      rows.push(rowOf(plan, version, action.do === "remove" ? version : null));
    } catch (error) {
      problems.push({ path: location, message: sentenceOf(location, error) });
    }
  }
  return rows;
}

function sentenceOf(location: string, error: unknown): string {
  const { message } = error as Error;
  return error instanceof ClewError ? message : `${location} cannot be written: ${message}`;
}

/** What is cut short from here on is known by the next run to have been this one's. */
function intend(bases: MemoryBases, plans: readonly Plan[], changes: readonly (MadeChange | null)[]): void {
  for (const [index, { item, action }] of plans.entries()) {
    const id = changes[index]?.changeId;
    if (id !== undefined && action.do !== "delete") bases.intend(item.location, id);
  }
  try {
    bases.save();
  } catch {
    // A disk that is full: `saveBases` says so.
  }
}

/** The version that is written down before anything else happens; null: none is needed. */
function changeOf({ item, action }: Plan, { authoring, bases }: MemorySyncServices): MadeChange | null {
  const { subject, disk } = item;
  if (action.do === "pull" && !(action.keep && disk)) return null;
  const state = authoring.read((db) => subjectState(db, "memory", subject));
  const seen = seenVersions(bases, item, state);
  if (action.do === "delete") return deletedChange(state, subject, true);
  if (action.do === "push")
    return textChange(
      state,
      { ...item, content: disk!.content },
      action.sees === "all" ? [...seen, ...(state?.standing.content ?? [])] : seen,
    );
  if (!action.keep || !disk) return null;
  return keptChange(state, subject, disk.content, seen);
}

/** What goes to the disk: the version that was decided on, whatever has come since. */
function textFor(
  { item, action, offer }: Plan,
  { authoring }: MemorySyncServices,
): { readonly version: string; readonly content: string } | null {
  const version = offer?.offered?.version;
  if (action.do !== "pull" || version === undefined) return null;
  const found = authoring.read((db) => memoryVersion(db, item.subject, version));
  if (found?.kind === "one") return found;
  throw new ClewError("io", `${item.path} has lost its version ${version}: \`clew rebuild\` reads it again`);
}

/**
 * Where the disk's own text was kept just now, the store's stands over it again: answers the version that does. What stood
 * beside it stays there.
 */
async function standingAgain(
  { authoring, author }: MemorySyncServices,
  item: MemoryItem,
  { content, version }: { readonly content: string; readonly version: string },
  kept: string,
): Promise<string> {
  const state = authoring.read((db) => subjectState(db, "memory", item.subject));
  const equal = (state?.conflicts.content ?? []).filter(({ value }) => value === content).map(({ change }) => change);
  const over = [kept, version, ...equal];
  const [again] = await authoring.writeAll([textChange(state, { ...item, content }, over)], author);
  return again!;
}

function rowOf({ item, action, offer }: Plan, version: string | null, kept: string | null): MemorySyncRow {
  const { subject, path, projectId, location } = item;
  const done = { push: "pushed", pull: "pulled", delete: "deleted", remove: "removed" } as const;
  const pulled = action.do === "pull" ? offer?.offered : undefined;
  return {
    id: subject,
    path,
    project_id: projectId,
    location,
    action: done[action.do],
    version: version ?? pulled?.version ?? null,
    kept,
    by: pulled?.author ?? null,
    tainted: pulled?.tainted ?? false,
  };
}

function conflictsOf(authoring: Authoring, items: readonly MemoryItem[]): readonly MemoryConflict[] {
  const states = authoring.read((db) => memoryStates(db));
  const subjects = [...new Set(items.map(({ subject }) => subject))];
  return subjects.flatMap((subject) => {
    const state = states?.get(subject);
    if (!state || state.conflicts === 0 || state.deleted) return [];
    const whole = authoring.read((db) => subjectState(db, "memory", subject));
    const values = whole?.conflicts.content ?? [];
    return [
      {
        id: subject,
        key: memoryKey(subject),
        path: state.path,
        versions: values.map(({ change }) => change),
        authors: [...new Set(values.map(({ author }) => author))].sort(),
      },
    ];
  });
}
