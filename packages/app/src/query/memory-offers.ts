/**
 * @module What of a memory file may reach a disk: of the versions that nobody has replaced, the newest that is one's own or was
 * approved. What is newer waits for a person.
 */
import { foldChanges } from "../merge/fold.ts";
import type { Change, SubjectState } from "../model/change.ts";
import { approvalMark } from "./approval.ts";
import { memorySubject } from "./memory-key.ts";
import { type MemoryState, memoryStates } from "./memory-states.ts";
import {
  type ChangeOrigin,
  type Foreignness,
  type MemoryJudge,
  type MemoryReader,
  memoryApprovalHash,
  memoryJudge,
  sha256Of,
} from "./memory-trust.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";
import { subjectHistory, subjectState } from "./shared-subject.ts";

export interface OfferedVersion {
  readonly version: string;
  readonly sha256: string;
  readonly deleted: boolean;
  readonly author: string;
  readonly tainted: boolean;
}

/** What another wrote, and no person has approved. */
export interface WaitingVersion {
  readonly version: string;
  readonly what: "content" | "deleted";
  readonly author: string;
  readonly ts: string | null;
  readonly tainted: boolean;
  readonly why: Foreignness;
  /** What an approval of it is called by. */
  readonly hash: string;
  /** Of a deletion the text that goes. */
  readonly content: string;
}

export interface MemoryOffer {
  readonly top: MemoryState;
  /** Null: nothing that stands may be written; nor is it known to be deleted. */
  readonly offered: OfferedVersion | null;
  /** Newer than what is offered, newest first. */
  readonly waiting: readonly WaitingVersion[];
}

interface Candidate extends ChangeOrigin {
  readonly version: string;
  readonly ts: number;
  readonly hlc: number;
  readonly content: string | null;
  readonly deleted: number | null;
}

/** Newest first. */
export const CANDIDATES = `
  SELECT c.change_id AS version, c.author, c.origin, c.tainted, c.device, c.session_id AS sessionId, c.ts, c.hlc,
    c.data ->> '$.set.content' AS content, c.data ->> '$.set.deleted' AS deleted
  FROM json_each(?) j CROSS JOIN changes c ON c.change_id = j.value
  ORDER BY c.hlc DESC, c.device DESC, c.change_id DESC`;

/** By subject; of one where it is named. */
export function memoryOffers(db: Reader, reader: MemoryReader, subject?: string): ReadonlyMap<string, MemoryOffer> {
  const judge = memoryJudge(db, reader);
  const offers = new Map<string, MemoryOffer>();
  for (const top of memoryStates(db, subject).values()) {
    const isPlain =
      top.conflicts === 0 &&
      !top.deleted &&
      !top.revived &&
      !top.followed &&
      isDerived(top) &&
      judge.whyForeign(top) === null;
    offers.set(top.subject, isPlain ? { top, offered: offeredOf(top), waiting: [] } : looked(db, judge, top));
  }
  return offers;
}

/** Its key says where it lies: nobody's later word moves it. */
function isDerived({ subject, projectId, path }: MemoryState): boolean {
  return memorySubject(projectId, path) === subject;
}

function offeredOf({ version, sha256, deleted, author, tainted }: MemoryState): OfferedVersion {
  return { version, sha256, deleted, author, tainted };
}

/** Who made each change of a file, without what it says. */
export const MAKERS = `
  SELECT author, origin, tainted, device, session_id AS sessionId FROM changes WHERE target = 'memory' AND subject = ?`;

function candidatesIn(db: Reader, ids: readonly string[]): readonly Candidate[] {
  const rows = rowsOf<Omit<Candidate, "tainted"> & { tainted: number }>(db, CANDIDATES, [JSON.stringify(ids)]);
  return rows.map((row) => ({ ...row, tainted: row.tainted === 1 }));
}

function looked(db: Reader, judge: MemoryJudge, top: MemoryState): MemoryOffer {
  const state = subjectState(db, "memory", top.subject);
  if (!state) return { top, offered: null, waiting: [] };
  const { projectId, path, subject } = top;
  const known = candidatesIn(db, [...new Set([...(state.standing.content ?? []), ...(state.standing.deleted ?? [])])]);
  const among = (ids: readonly string[] = []) => known.filter(({ version }) => ids.includes(version));
  const isPlaced = isDerived(top) || isPlacedByOwn(db, judge, state);
  // What a person has ever approved stands among the marks: of the rest nobody has to be asked.
  const isApproved = (hash: string): boolean =>
    state.marks[approvalMark(hash)] !== undefined && judge.isApproved(subject, hash);
  const hashOf = (content: string, deleted: boolean): string =>
    memoryApprovalHash({ projectId, path, content, deleted, isPlaced });
  const texts = among(state.standing.content).filter(({ content }) => content !== null);
  const shown = texts[0]?.content ?? "";
  const isOwn = (one: Candidate): boolean => judge.whyForeign(one) === null;
  const flags = among(state.standing.deleted);
  const flag = flags.find((one) => isOwn(one) || isApproved(hashOf(shown, one.deleted === 1)));
  const [newest] = flags;
  // Another has brought it back: what stood before that is theirs to show, and the person's to approve.
  const backAt = newest !== undefined && newest !== flag && newest.deleted !== 1 ? newest.hlc : 0;
  const own = new Set(texts.filter((one) => isPlaced && one.hlc > backAt && isOwn(one)).map(({ content }) => content));
  const isAllowed = ({ content }: Candidate): boolean => own.has(content) || isApproved(hashOf(content!, false));
  const at = texts.findIndex(isAllowed);
  const newer = distinct(at < 0 ? texts : texts.slice(0, at)).map((one) =>
    waitingOf(judge, one, { what: "content", content: one.content!, hash: hashOf(one.content!, false) }),
  );
  const isBack = top.revived && at === 0;
  if (flag?.deleted === 1 && !isBack)
    return { top, offered: { ...offeredOf(top), deleted: true }, waiting: top.revived ? newer : [] };
  const isGone = newest?.deleted === 1 && newest !== flag && !top.revived;
  const gone = isGone ? [waitingOf(judge, newest, { what: "deleted", content: shown, hash: hashOf(shown, true) })] : [];
  const stands = texts[at];
  const offered = stands ? offeredCandidate(stands) : isPlaced ? offeredBefore(db, judge, state) : null;
  return { top, offered, waiting: [...gone, ...newer] };
}

/** What stood if nobody else had written: others replace no version of one's own by themselves. */
function offeredBefore(db: Reader, judge: MemoryJudge, { subject, marks }: SubjectState): OfferedVersion | null {
  const hasApprovals = Object.keys(marks).some((mark) => mark.startsWith(approvalMark("")));
  // A history is long to read, and where nothing of it is trusted, nothing stands.
  if (!hasApprovals && !makersOf(db, subject).some((one) => judge.whyForeign(one) === null)) return null;
  const isTrusted = (change: Change): boolean => {
    if (judge.whyForeign(change) === null) return true;
    const content = change.data.set?.content;
    return typeof content === "string" && judge.isApproved(subject, sha256Of(content));
  };
  const before = foldChanges(subjectHistory(db, "memory", subject).filter(isTrusted));
  const [one] = candidatesIn(db, before?.fields.content ? [before.fields.content.change] : []);
  if (!one || one.content === null) return null;
  return { ...offeredCandidate(one), deleted: before?.fields.deleted?.value === true };
}

function makersOf(db: Reader, subject: string): readonly ChangeOrigin[] {
  const rows = rowsOf<Omit<ChangeOrigin, "tainted"> & { tainted: number }>(db, MAKERS, [subject]);
  return rows.map((row) => ({ ...row, tainted: row.tainted === 1 }));
}

/** Who chose where it lies: the changes that its path and its project stand by. */
function isPlacedByOwn(db: Reader, judge: MemoryJudge, { fields }: SubjectState): boolean {
  const ids = [fields.path?.change, fields.project?.change].filter((id) => id !== undefined);
  const changes = candidatesIn(db, ids);
  return changes.length > 0 && changes.every((one) => judge.whyForeign(one) === null);
}

function distinct(texts: readonly Candidate[]): readonly Candidate[] {
  return [...new Map([...texts].reverse().map((one) => [one.content, one])).values()].reverse();
}

function offeredCandidate({ version, content, author, tainted }: Candidate): OfferedVersion {
  return { version, sha256: sha256Of(content!), deleted: false, author, tainted };
}

function waitingOf(
  judge: MemoryJudge,
  one: Candidate,
  about: Pick<WaitingVersion, "what" | "content" | "hash">,
): WaitingVersion {
  const { version, author, ts, tainted } = one;
  return { version, author, ts: isoTime(ts), tainted, why: judge.whyForeign(one) ?? "other", ...about };
}

/** Why a version must not be written without a person's word, though somebody asks for it; null: it may be. */
export function whyForeignVersion(
  db: Reader,
  reader: MemoryReader,
  subject: string,
  version: string,
): { readonly why: Foreignness; readonly author: string } | null {
  const judge = memoryJudge(db, reader);
  const [one] = candidatesIn(db, [version]);
  if (!one || one.content === null) return null;
  const why = judge.whyForeign(one);
  if (why === null || judge.isApproved(subject, sha256Of(one.content))) return null;
  return { why, author: one.author };
}
