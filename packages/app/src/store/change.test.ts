import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventIdOf, UNCORRELATED_SESSION } from "../base/ids.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import type { Change, ChangeFact, ChangeTarget, SubjectState } from "../model/change.ts";
import type { LiveEvent } from "./batch.ts";
import { canonicalDump } from "./canonical-dump.ts";
import type { Store } from "./store.ts";
import { event, makeStores, NOW, newStore, removeStores, reopened, rows } from "./testing.ts";

beforeEach(makeStores);
afterEach(removeStores);

function stateOf(store: Store, target: ChangeTarget, subject: string): SubjectState | null {
  const row = store.db.prepare("SELECT state FROM subjects WHERE target = ? AND subject = ?").get(target, subject) as
    | { state: string }
    | undefined;
  return row ? (JSON.parse(row.state) as SubjectState) : null;
}

function changeEvent(fact: Omit<ChangeFact, "kind">): LiveEvent {
  return event(fact.changeId, UNCORRELATED_SESSION, [{ kind: "change", ...fact }], {
    eventId: eventIdOf(fact.changeId),
    source: "clew",
    type: "change",
    text: "",
  });
}

let made = 0;
/** Answers the change's id, or null where it stood so already. */
function write(
  store: Store,
  target: ChangeTarget,
  subject: string,
  intent: Intent,
  more: Partial<ChangeFact> = {},
): string | null {
  const data = changeData(stateOf(store, target, subject), intent);
  if (!data) return null;
  const changeId = `change-${made++}`;
  store.writeLive([
    changeEvent({
      changeId,
      target,
      subject,
      sessionId: null,
      ts: NOW,
      stamp: null,
      author: "ada",
      origin: "human",
      tainted: false,
      data,
      ...more,
    }),
  ]);
  return changeId;
}

/** All that a store knows, as it would go to another. */
function changesOf(store: Store): LiveEvent[] {
  const found = store.db
    .prepare(
      `SELECT change_id AS changeId, target, subject, hlc, device, author, origin, tainted, ts, data FROM changes ORDER BY seq`,
    )
    .all() as (Omit<Change, "tainted" | "data" | "sessionId"> & { tainted: number; data: string })[];
  return found.map(({ hlc, device, tainted, data, ...change }) =>
    changeEvent({
      ...change,
      sessionId: null,
      stamp: { hlc, device },
      tainted: tainted === 1,
      data: JSON.parse(data) as Change["data"],
    }),
  );
}

const SHARED = new Set([
  "changes",
  "subjects",
  "entries",
  "messages",
  "message_marks",
  "memory_files",
  "entities",
  "relations",
]);
function shared(store: Store): string[] {
  const lines: string[] = [];
  canonicalDump(store.db, (table, text) => SHARED.has(table) && lines.push(`${table} ${text}`), { fullText: false });
  return lines;
}

describe("entries, messages, memory and graph on three devices", () => {
  const word = fc.constantFrom("open", "blocked", "resolved", "a", "b");
  const field = fc.constantFrom("title", "status", "category", "content", "name", "to_kind", "deleted");
  const intent: fc.Arbitrary<Intent> = fc.record(
    {
      set: fc.dictionary(field, fc.oneof(word, fc.boolean(), fc.constant(null)), { maxKeys: 3 }),
      add: fc.dictionary(fc.constantFrom("tags", "observations"), fc.array(word, { maxLength: 2 }), { maxKeys: 1 }),
      remove: fc.dictionary(fc.constantFrom("tags", "observations"), fc.array(word, { maxLength: 2 }), { maxKeys: 1 }),
      note: word,
      mark: fc.constantFrom("read", "acknowledged"),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("write" as const),
      at: fc.nat(2),
      target: fc.constantFrom<ChangeTarget>("entry", "message", "memory", "entity", "relation"),
      intent,
    }),
    fc.record({ kind: fc.constant("sync" as const), at: fc.nat(2), from: fc.nat(2), share: fc.nat(10) }),
    fc.record({ kind: fc.constant("restart" as const), at: fc.nat(2) }),
  );
  /** Clocks: right, a year ahead, an hour behind. */
  const SKEWS = [0, 365 * 24 * 3600 * 1000, -3_600_000];

  it("come to the same, and no change is missing from the history", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const stores = SKEWS.map(newStore);
        const acknowledged = new Set<string>();
        for (const step of steps) {
          const store = stores[step.at]!;
          if (step.kind === "write") {
            const changeId = write(store, step.target, "x", step.intent);
            if (changeId !== null) acknowledged.add(changeId);
          } else if (step.kind === "restart") stores[step.at] = reopened(store, SKEWS[step.at]);
          else {
            const all = changesOf(stores[step.from]!);
            store.writeLive(all.slice(0, Math.ceil((all.length * step.share) / 10)).reverse());
          }
        }
        const everything = stores.flatMap(changesOf);
        for (const store of stores) store.writeLive([...everything, ...everything].reverse());
        const [first, ...others] = stores.map(shared);
        for (const other of others) expect(other).toEqual(first);
        for (const store of stores) {
          const kept = rows(store, "SELECT change_id AS id FROM changes").map(({ id }) => id);
          expect(kept.toSorted()).toEqual([...acknowledged].toSorted());
        }
        for (const store of stores) store.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe("what is written after something has come", () => {
  const YEAR = 365 * 24 * 3600 * 1000;
  const newest = (store: Store) =>
    rows(store, "SELECT change_id AS id, author FROM changes ORDER BY hlc DESC, device DESC LIMIT 1")[0];

  it("is stamped later, though the clock it came from is two years ahead, also after a restart", () => {
    const ahead = newStore(YEAR);
    const behind = newStore(-YEAR);
    write(ahead, "message", "m-1", { set: { text: "hello", to_kind: "identity", to_id: "bo" } });
    behind.writeLive(changesOf(ahead));
    write(behind, "message", "m-1", { mark: "read" }, { author: "bo" });
    expect(newest(behind)).toMatchObject({ author: "bo" });
    const again = reopened(behind, -YEAR);
    write(again, "message", "m-1", { set: { text: "hello again" } }, { author: "bo" });
    ahead.writeLive(changesOf(again));
    for (const store of [ahead, again]) {
      expect(newest(store)).toMatchObject({ author: "bo" });
      // Who wrote it first is who sent it.
      expect(rows(store, "SELECT sender FROM messages")).toEqual([{ sender: "ada" }]);
    }
    expect(shared(again)).toEqual(shared(ahead));
  });

  it("does not follow a clock that cannot be", () => {
    const store = newStore();
    write(store, "entry", "e-1", { set: { title: "x" } });
    const fact = changesOf(store)[0]!.facts[0] as ChangeFact;
    store.writeLive([
      changeEvent({
        ...fact,
        changeId: "odd",
        stamp: { hlc: NOW * 1024 * 3, device: "odd" },
        data: { note: "from the future" },
      }),
    ]);
    write(store, "entry", "e-1", { note: "from here" });
    expect(rows(store, "SELECT hlc FROM changes WHERE device <> 'odd' ORDER BY hlc DESC LIMIT 1")[0]!.hlc).toBeLessThan(
      NOW * 1024 * 1.1,
    );
  });
});

describe("rows", () => {
  it("of an entry have what stands, and words that are not its are not believed", () => {
    const store = newStore();
    write(store, "entry", "e1", {
      set: { title: "Refunds twice", category: "issue", project: "p" },
      add: { tags: ["money"] },
    });
    write(store, "entry", "e2", { set: { title: "x", category: "nonsense", status: "done" } });
    expect(rows(store, "SELECT entry_id, category, status, title, project_id FROM entries ORDER BY entry_id")).toEqual([
      { entry_id: "e1", category: "issue", status: "open", title: "Refunds twice", project_id: "p" },
      { entry_id: "e2", category: "note", status: "info", title: "x", project_id: null },
    ]);
    const hash = () => rows(store, "SELECT content_hash AS hash FROM entries WHERE entry_id = 'e1'")[0]!.hash;
    const before = hash();
    write(store, "entry", "e1", { set: { status: "blocked" } });
    expect(hash()).toBe(before);
    write(store, "entry", "e1", { note: "Only on staging." });
    expect(hash()).not.toBe(before);
    const found = rows(
      store,
      "SELECT s.subject FROM shared_index i JOIN subjects s ON s.id = i.rowid WHERE shared_index MATCH 'staging'",
    );
    expect(found).toEqual([{ subject: "e1" }]);
    write(store, "entry", "e1", { set: { deleted: true } });
    expect(rows(store, "SELECT rowid FROM shared_index WHERE shared_index MATCH 'staging'")).toEqual([]);
  });

  it("of a memory file count its conflicts", () => {
    const [one, two] = [newStore(), newStore()];
    write(one, "memory", "p/a.md", { set: { content: "first", path: "a.md", project: "p" } });
    two.writeLive(changesOf(one));
    write(one, "memory", "p/a.md", { set: { content: "second" } });
    write(two, "memory", "p/a.md", { set: { content: "another second" } });
    one.writeLive(changesOf(two));
    expect(rows(one, "SELECT path, conflicts, size FROM memory_files")).toEqual([
      { path: "a.md", conflicts: 1, size: expect.any(Number) as number },
    ]);
    write(one, "memory", "p/a.md", { set: { content: "both" } });
    expect(rows(one, "SELECT conflicts, size FROM memory_files")).toEqual([{ conflicts: 0, size: 4 }]);
  });

  it("of a message have who has read it, the first time", () => {
    const store = newStore();
    write(store, "message", "m1", { set: { text: "hello", to_kind: "identity", to_id: "bo", expires_at: NOW + 5 } });
    write(store, "message", "m1", { mark: "read" }, { author: "bo" });
    write(store, "message", "m1", { mark: "read" }, { author: "bo", ts: NOW + 9 });
    expect(rows(store, "SELECT sender, to_kind, to_id, thread_id, expires_at FROM messages")).toEqual([
      { sender: "ada", to_kind: "identity", to_id: "bo", thread_id: "m1", expires_at: NOW + 5 },
    ]);
    expect(rows(store, "SELECT identity, mark, ts FROM message_marks")).toEqual([
      { identity: "bo", mark: "read", ts: NOW },
    ]);
  });
});
