/**
 * Words go from one to another: a session reads, writes, is read and given to the next. Whatever the way, nothing that began as
 * somebody else's comes to a session by itself. The oracle follows each word; the program under test knows only authors and marks.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { assembleContext } from "../../packages/app/src/context/assemble.ts";
import { PRINCIPAL, placeOf } from "../../packages/app/src/context/testing.ts";
import { changeData } from "../../packages/app/src/merge/change-data.ts";
import { foldChanges } from "../../packages/app/src/merge/fold.ts";
import type { Change, SubjectState } from "../../packages/app/src/model/change.ts";
import type { SessionOutcome } from "../../packages/app/src/query/outcome.ts";
import type { ProjectState, Provenance } from "../../packages/app/src/query/project-state.ts";
import type { OpenEntry } from "../../packages/app/src/query/shared-context.ts";
import { isForeign } from "../../packages/app/src/surfaces/cli/render/foreign.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const { identityId: AGENT, personId: ADA } = PRINCIPAL;
const SESSIONS = 4;
const ENTRIES = 3;

/** Who acts: four sessions of the project's agent, one of another's, the person, another person. */
const OTHER_AGENT = { identity: "codex@web", person: ADA, origin: "agent" } as const;
const BO = { identity: "person:bo", person: "person:bo", origin: "human" } as const;

const session = fc.nat({ max: SESSIONS - 1 });
const entry = fc.nat({ max: ENTRIES - 1 });
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("web", "mcp"), session }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("start", "showState"), session }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("state", "outcome", "todos"), session }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom("show", "title", "note", "tag", "close"), session, entry }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("typed", "typedNote"), entry }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("bo", "boNote", "boBeside", "codex"), entry }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("codexState") }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Every word that was ever written: what it was made of. */
interface Word {
  readonly text: string;
  readonly isForeign: boolean;
}

interface Said {
  readonly word: Word;
  readonly from: Provenance;
}

interface World {
  /** What each session knows: the oracle. */
  readonly knowsForeign: boolean[];
  /** What Clew has noted of it. */
  readonly noted: boolean[];
  readonly words: Map<string, Word>;
  readonly changes: Map<number, Change[]>;
  state: Said | null;
  todos: Said | null;
  outcome: Said | null;
  number: number;
}

const provenance = (number: number, author: string, person: string, tainted: boolean, type: string): Provenance => ({
  at: NOW - 1000 + number,
  event_id: `event-${number}`,
  session_id: "s",
  workspace_id: "w-web",
  workspace_path: "/home/ada/web",
  type,
  author,
  person,
  origin: "agent",
  tainted,
});

const subjectOf = (entry: number): string => `e-${String(entry).padStart(12, "0")}`;
const stateOf = (world: World, entry: number): SubjectState | null => foldChanges(world.changes.get(entry) ?? []);

function write(world: World, isForeignWord: boolean): Word {
  const word = { text: `word${++world.number}end`, isForeign: isForeignWord };
  world.words.set(word.text, word);
  return word;
}

interface Writer {
  readonly identity: string;
  readonly origin: "human" | "agent";
  readonly tainted: boolean;
}

function change(
  world: World,
  entry: number,
  writer: Writer,
  intent: Parameters<typeof changeData>[1],
  blind = false,
): void {
  const data = changeData(blind ? null : stateOf(world, entry), intent);
  if (!data) return;
  const number = ++world.number;
  const one: Change = {
    changeId: `change-${number}`,
    target: "entry",
    subject: subjectOf(entry),
    hlc: number,
    device: "d",
    author: writer.identity,
    origin: writer.origin,
    tainted: writer.tainted,
    sessionId: null,
    ts: NOW - 1000 + number,
    data,
  };
  world.changes.set(entry, [...(world.changes.get(entry) ?? []), one]);
}

/** As query/shared-context.ts reads it from the rows. */
function openEntry(world: World, entry: number): OpenEntry[] {
  const state = stateOf(world, entry);
  if (!state || state.fields.status?.value === "resolved") return [];
  const title = state.fields.title;
  const by = (world.changes.get(entry) ?? []).find(({ changeId }) => changeId === title?.change);
  return [
    {
      entryId: subjectOf(entry),
      category: "task",
      status: "open",
      title: String(title?.value ?? ""),
      assignee: null,
      changedAt: state.changed.ts,
      createdBy: state.created.author,
      createdOrigin: state.created.origin,
      tainted: state.tainted,
      titleBy: by?.author ?? null,
      titleOrigin: by?.origin ?? null,
      titleTainted: by?.tainted ?? false,
      isDisputed: state.conflicts.title !== undefined,
      eventId: by?.changeId ?? null,
      workspaceId: "w-web",
      workspacePath: "/home/ada/web",
    },
  ];
}

function outcomeOf({ word, from }: Said): SessionOutcome {
  const item = { text: word.text, source: "reported" as const };
  return {
    session_id: "s",
    workspace_id: "w-web",
    identity: from.author,
    status: "completed",
    started_at: null,
    ended_at: null,
    duration_s: null,
    turns: 1,
    tool_failures: 0,
    files_changed: 0,
    commits_made: 0,
    summary: item,
    tasks_completed: [item],
    learnings: [item],
    decisions: [item],
    files: [item],
    commits: [item],
    reported: from,
  };
}

function given(world: World): string {
  const field = <Value>(said: Said | null, value: (text: string) => Value) =>
    said && { value: value(said.word.text), at: said.from.at, from: said.from };
  const state: ProjectState = {
    focus: field(world.state, (text) => text),
    nextSteps: field(world.state, (text) => [text]),
    todos: field(world.todos, (text) => [{ text, status: "pending" as const }]),
  };
  const entries = Array.from({ length: ENTRIES }, (_, entry) => openEntry(world, entry)).flat();
  const outcome = world.outcome && outcomeOf(world.outcome);
  const options = { place: placeOf("web"), principal: PRINCIPAL, budget: 2000, now: NOW };
  return assembleContext({ outcome, state, shared: { entries, hasMore: false, unread: [] } }, options).text;
}

const wordsIn = (world: World, text: string): readonly Word[] =>
  [...text.matchAll(/word\d+end/g)].map(([found]) => world.words.get(found)!);

/** A session is shown something by one of Clew's commands, which note it where it is another's or tainted. */
function shown(
  world: World,
  session: number,
  words: readonly Word[],
  written: { authors: readonly string[]; tainted: boolean },
): void {
  if (words.some((word) => word.isForeign)) world.knowsForeign[session] = true;
  const reader = { identity: AGENT, person: ADA, origin: "agent" as const };
  if (isForeign(reader, written)) world.noted[session] = true;
}

function take(world: World, step: Step): void {
  const at = "session" in step ? step.session : 0;
  const own: Writer = { identity: AGENT, origin: "agent", tainted: world.noted[at]! };
  const said = (type: string): Said => {
    const word = write(world, world.knowsForeign[at]!);
    return { word, from: provenance(world.number, AGENT, ADA, own.tainted, type) };
  };
  const inEntry = "entry" in step ? step.entry : 0;
  const person: Writer = { identity: ADA, origin: "human", tainted: false };
  const bo: Writer = { ...BO, tainted: false };
  switch (step.kind) {
    case "web":
    case "mcp":
      // What the record of its calls says.
      world.knowsForeign[at] = true;
      world.noted[at] = true;
      break;
    case "start": {
      const words = wordsIn(world, given(world));
      for (const word of words) expect([word.text, word.isForeign]).toEqual([word.text, false]);
      break;
    }
    case "showState":
      for (const one of [world.state, world.todos, world.outcome])
        if (one) shown(world, at, [one.word], { authors: [one.from.author], tainted: one.from.tainted });
      break;
    case "state":
      world.state = said("session.state");
      break;
    case "outcome":
      world.outcome = said("session.outcome");
      break;
    case "todos":
      world.todos = said("assistant.text");
      break;
    case "show": {
      const changes = world.changes.get(inEntry) ?? [];
      const words = wordsIn(world, JSON.stringify(changes.map(({ data }) => data)));
      shown(world, at, words, {
        authors: changes.map(({ author }) => author),
        tainted: changes.some(({ tainted }) => tainted),
      });
      break;
    }
    case "title":
      change(world, inEntry, own, { set: { title: said("").word.text, status: "open" } });
      break;
    case "note":
      change(world, inEntry, own, { note: said("").word.text });
      break;
    case "tag":
      change(world, inEntry, own, { add: { tags: [said("").word.text] } });
      break;
    case "close":
      change(world, inEntry, own, { set: { status: "resolved" } });
      break;
    case "typed":
      change(world, inEntry, person, { set: { title: write(world, false).text, status: "open" } });
      break;
    case "typedNote":
      change(world, inEntry, person, { note: write(world, false).text });
      break;
    case "bo":
      change(world, inEntry, bo, { set: { title: write(world, true).text, status: "open" } });
      break;
    case "boBeside":
      change(world, inEntry, bo, { set: { title: write(world, true).text } }, true);
      break;
    case "boNote":
      change(world, inEntry, bo, { note: write(world, true).text });
      break;
    case "codex":
      change(world, inEntry, { ...OTHER_AGENT, tainted: false }, { set: { title: write(world, true).text } });
      break;
    case "codexState": {
      const word = write(world, true);
      world.state = { word, from: provenance(world.number, OTHER_AGENT.identity, ADA, false, "session.state") };
      break;
    }
  }
}

/** What the person typed, and nobody else has touched, is told; so is what an agent said that knows nothing of others. */
function expectOwnWords(world: World): number {
  const text = given(world);
  let own = 0;
  for (let entry = 0; entry < ENTRIES; entry++) {
    const changes = world.changes.get(entry) ?? [];
    const title = stateOf(world, entry)?.fields.title?.value;
    if (title === undefined || !openEntry(world, entry).length || changes.some(({ author }) => author !== ADA))
      continue;
    expect(text).toContain(String(title));
    own++;
  }
  for (const said of [world.state, world.outcome])
    if (said && !said.from.tainted && said.from.author === AGENT) {
      expect(text).toContain(said.word.text);
      own++;
    }
  return own;
}

test("10,000 histories: what began as somebody else's never comes to a session by itself, what is one's own does", () => {
  let [own, derived] = [0, 0];
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const world: World = {
        knowsForeign: Array<boolean>(SESSIONS).fill(false),
        noted: Array<boolean>(SESSIONS).fill(false),
        words: new Map(),
        changes: new Map(),
        state: null,
        todos: null,
        outcome: null,
        number: 0,
      };
      for (const one of steps) take(world, one);
      for (const word of wordsIn(world, given(world))) expect([word.text, word.isForeign]).toEqual([word.text, false]);
      // Whoever knows others' words has been noted; nobody is noted for nothing.
      for (let at = 0; at < SESSIONS; at++) if (world.knowsForeign[at]) expect(world.noted[at]).toBe(true);
      own += expectOwnWords(world);
      derived += [...world.words.values()].filter((word) => word.isForeign).length;
    }),
    { numRuns: 10_000, seed: 20260322 },
  );
  expect(own).toBeGreaterThan(5000);
  expect(derived).toBeGreaterThan(20_000);
});
