/** @module From what the database knows to what a session is given: judged, cleaned, in the order of its worth, within the budget. */
import type { Place } from "../model/place.ts";
import type { OutcomeItem, SessionOutcome } from "../query/outcome.ts";
import type { ProjectState, Provenance, StateField } from "../query/project-state.ts";
import type { SharedFacts } from "../query/shared-context.ts";
import { age, duration } from "./age.ts";
import { estimateTokens, fitItems } from "./budget.ts";
import { cleanText } from "./clean-text.ts";
import { inboxLine } from "./inbox-line.ts";
import { keptBackLine } from "./kept-back.ts";
import { AFTER_READING, type ContentKind, judgeEntry, judgeWords, type Principal } from "./policy.ts";
import { type RenderedItem, renderContext } from "./render.ts";
import { belongsTo } from "./scope.ts";

/** What there is to choose from. */
export interface ContextFacts {
  /** Of the session that ended last; null: none has, or none is wanted. */
  readonly outcome: SessionOutcome | null;
  readonly state: ProjectState;
  readonly shared: SharedFacts;
}

/** One item, or one list that is left out as a whole, and why. */
export interface ContextItem {
  readonly kind: ContentKind;
  readonly included: boolean;
  readonly reason: string;
  /** How many are meant; more than one only where a list is left out. */
  readonly count: number;
  /** Only of what may be shown: another identity's words never stand here either. */
  readonly text?: string;
  readonly age?: string;
  readonly session_id?: string;
  readonly event_id?: string;
}

export interface AssembledContext {
  /** What the session gets, to the byte; "": nothing. */
  readonly text: string;
  readonly tokens: number;
  readonly items: readonly ContextItem[];
}

interface AssembleOptions {
  readonly place: Place;
  readonly principal: Principal;
  /** Tokens at most. */
  readonly budget: number;
  /** Milliseconds UTC. */
  readonly now: number;
}

/** Entries whose titles are listed. */
const MOST_ENTRIES = 10;

type Candidate = RenderedItem & Pick<ContextItem, "reason" | "session_id" | "event_id">;

/** The same facts at the same minute give the same text. */
export function assembleContext(facts: ContextFacts, options: AssembleOptions): AssembledContext {
  const { place, principal, now } = options;
  const candidates: Candidate[] = [];
  const leftOut: ContextItem[] = [];
  const keptBack = new Map<ContentKind, number>();
  const isHere = (workspace: Pick<Provenance, "workspace_id" | "workspace_path">): boolean =>
    belongsTo(place, workspace);

  /** Words of one source: all of them come in or none. */
  function offer(kind: ContentKind, texts: readonly string[], from: Provenance | null, at: number | null): void {
    if (texts.length === 0) return;
    const { allowed, reason } = judgeWords(kind, from, principal, isHere);
    if (!allowed) {
      leftOut.push({ kind, included: false, reason, count: texts.length });
      if (reason === AFTER_READING) keptBack.set(kind, texts.length);
      return;
    }
    for (const text of texts.map(cleanText)) {
      if (text === "") leftOut.push({ kind, included: false, reason: "nothing visible is left of it", count: 1 });
      else
        candidates.push({
          kind,
          text,
          age: age(at, now),
          reason,
          session_id: from!.session_id,
          event_id: from!.event_id,
        });
    }
  }

  /** Only what was reported on purpose. What the record shows beside it is counted, and stands in the outcome's figures. */
  function offerReported(kind: ContentKind, items: readonly OutcomeItem[], from: Provenance | null): void {
    const reported = items.filter((item) => item.source === "reported");
    const recorded = items.length - reported.length;
    offer(
      kind,
      reported.map((item) => item.text),
      from,
      from?.at ?? null,
    );
    if (recorded > 0)
      leftOut.push({ kind, included: false, reason: "known from the record alone, not reported", count: recorded });
  }

  function offerState<Value>(
    kind: ContentKind,
    field: StateField<Value> | null,
    texts: (value: Value) => readonly string[],
  ): void {
    if (field) offer(kind, texts(field.value), field.from, field.at);
  }

  // In the order of their worth: what does not fit is dropped from the end.
  const { outcome, state, shared } = facts;
  const entries = shared.entries.map((entry) => ({ entry, ...judgeEntry(entry, principal, isHere) }));
  const told = entries.filter(({ allowed }) => allowed).slice(0, MOST_ENTRIES);
  if (outcome) {
    const { session_id, ended_at } = outcome;
    const ended = age(ended_at === null ? null : Date.parse(ended_at), now);
    const reason = "figures of the session that ended last";
    candidates.push({ kind: "outcome", text: figures(outcome, ended, place), age: ended, reason, session_id });
    offerReported("summary", outcome.summary ? [outcome.summary] : [], outcome.reported);
  }
  const waiting = inboxLine(shared, principal.identityId, entries.length - told.length);
  if (waiting !== null)
    candidates.push({ kind: "inbox", text: waiting, age: "now", reason: "figures of what others wrote" });
  offerState("focus", state.focus, (focus) => [focus]);
  offerState("next_step", state.nextSteps, (steps) => steps);
  offerState("todo", state.todos, (todos) =>
    todos
      .filter(({ status }) => status !== "completed")
      .map(({ text, status }) => `[${status.replace("_", " ")}] ${text}`),
  );
  for (const { entry, reason } of told) {
    const text = cleanText(`${entry.entryId} [${entry.category}, ${entry.status.replace("_", " ")}] ${entry.title}`);
    candidates.push({ kind: "entry", text, age: age(entry.changedAt, now), reason, ...eventOf(entry.eventId) });
  }
  leftOut.push(...entriesLeftOut(entries.filter((one) => !told.includes(one))));
  if (outcome) {
    offerReported("decision", outcome.decisions, outcome.reported);
    offerReported("learning", outcome.learnings, outcome.reported);
    offerReported("task_completed", outcome.tasks_completed, outcome.reported);
  }
  const unsaid = keptBackLine(keptBack);
  if (unsaid !== null)
    candidates.push({ kind: "kept_back", text: unsaid, age: "now", reason: "only how many there are" });

  const { text, kept } = fitItems(candidates, options.budget, renderContext);
  const chosen = candidates.map(
    (item, index): ContextItem => ({
      ...item,
      count: 1,
      included: index < kept,
      reason: index < kept ? item.reason : `over the budget of ${options.budget} tokens`,
    }),
  );
  return { text, tokens: estimateTokens(text), items: [...chosen, ...leftOut] };
}

function eventOf(eventId: string | null): Pick<ContextItem, "event_id"> {
  return eventId === null ? {} : { event_id: eventId };
}

/** How many, for each reason. */
function entriesLeftOut(entries: readonly { readonly allowed: boolean; readonly reason: string }[]): ContextItem[] {
  const counts = new Map<string, number>();
  for (const { allowed, reason } of entries) {
    const why = allowed ? `only the ${MOST_ENTRIES} that changed last are listed` : reason;
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ kind: "entry", included: false, reason, count }));
}

/** "completed 3 h ago after 42 min: 12 turns, 7 files changed, 2 commits, 1 failed tool call": words of ours and numbers. */
function figures(outcome: SessionOutcome, ended: string, place: Place): string {
  const where = outcome.workspace_id === place.workspaceId ? "" : " in another working copy";
  const lasted = outcome.duration_s === null ? "" : ` after ${duration(outcome.duration_s)}`;
  const counts = [
    counted(outcome.turns, "turn"),
    outcome.files_changed === 1 ? "1 file changed" : `${outcome.files_changed} files changed`,
    counted(outcome.commits_made, "commit"),
    counted(outcome.tool_failures, "failed tool call"),
  ];
  return `${outcome.status} ${ended}${where}${lasted}: ${counts.join(", ")}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
