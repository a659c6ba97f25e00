import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventIdOf, UNCORRELATED_SESSION } from "../base/ids.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import type { ChangeTarget } from "../model/change.ts";
import type { Store } from "../store/store.ts";
import { event, makeStores, NOW, newStore, removeStores } from "../store/testing.ts";
import { approvalMark } from "./approval.ts";
import { countInbox, firstPage, inboxPage } from "./inbox.ts";
import { ENTRY_PROJECT, MESSAGE_WORDS, PROJECT_NAME } from "./inbox-words.ts";
import { namesOf } from "./names.ts";
import { SESSION_ENTRIES } from "./session-entries.ts";
import { subjectState } from "./shared-subject.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";
import { unreadMessagesSql } from "./unread-messages.ts";
import { webInbox, webInboxCount } from "./web-inbox.ts";

beforeEach(makeStores);
afterEach(removeStores);

let made = 0;
function write(
  store: Store,
  target: ChangeTarget,
  subject: string,
  intent: Intent,
  author = "bo",
  tainted = false,
): void {
  const data = changeData(subjectState(store.db, target, subject), intent);
  const changeId = `inbox-${made++}`;
  const ts = NOW + made;
  const fact = { kind: "change", changeId, target, subject, sessionId: null, ts, stamp: null, author } as const;
  store.writeLive([
    event(changeId, UNCORRELATED_SESSION, [{ ...fact, origin: "human", tainted, data: data! }], {
      eventId: eventIdOf(changeId),
      source: "clew",
      type: "change",
      text: "",
    }),
  ]);
}

const looker = (identity: string, projectId: string | null = null) => ({
  identity,
  names: namesOf(identity),
  projectId,
});
const look = (store: Store, identity = "ada", projectId: string | null = null) =>
  inboxPage(store.db, { looker: looker(identity, projectId), limit: 100, now: NOW });
const count = (store: Store, identity = "ada", walk?: number) =>
  countInbox(store.db, { looker: looker(identity), limit: 100, now: NOW, ...(walk !== undefined && { walk }) });

/** That somebody has looked so far. */
function seen(store: Store, identity: string, seq: number): void {
  const id = `seen-${made++}`;
  store.writeLive([
    event(id, UNCORRELATED_SESSION, [{ kind: "inbox_seen", identity, seq, ts: NOW }], {
      eventId: eventIdOf(id),
      source: "clew",
      type: "inbox.seen",
      text: "",
    }),
  ]);
}

describe("what is asked about items", () => {
  let base: TestDatabase;
  beforeAll(() => {
    base = testDatabase();
  });
  afterAll(() => base.close());

  it("is looked up, not looked through", () => {
    const unread = unreadMessagesSql({ looker: looker("person:ana@x.org"), now: 1, limit: 10 });
    for (const [sql, parameters] of [
      [unread.sql, unread.parameters],
      [ENTRY_PROJECT, ["e-1"]],
      [MESSAGE_WORDS, ["m-1"]],
      [PROJECT_NAME, ["p"]],
      [SESSION_ENTRIES, ["s"]],
    ] as const)
      expect([sql, base.plan(sql, parameters)]).toEqual([
        sql,
        expect.not.stringMatching(/SCAN (?!p\b|\(subquery-\d+\))/),
      ]);
    expect(base.plan(unread.sql, unread.parameters)).toMatch(/SEARCH m USING (COVERING )?INDEX messages_by_recipient/);
  });
});

describe("memory files in the inbox", () => {
  it("are a line each: which, whose, by whom, how many versions", () => {
    const store = newStore();
    const file = (project: string | null, path: string, content: string): Intent => ({
      set: { path, content, ...(project !== null && { project }) },
    });
    write(store, "memory", "p/a.md", file("p", "a.md", "one"));
    write(store, "memory", "p/a.md", file("p", "a.md", "two"), "cy", true);
    write(store, "memory", "p/a.md", file("p", "a.md", "mine"), "ada");
    write(store, "memory", "q/b.md", file("q", "b.md", "one"));
    write(store, "memory", "q/b.md", { set: { deleted: true } });
    write(store, "memory", "global/c.md", file(null, "c.md", "one"));
    // That somebody vouches for a file is nobody's news.
    write(store, "memory", "p/d.md", file("p", "d.md", "ada's own"), "ada");
    write(store, "memory", "p/d.md", { mark: approvalMark("0".repeat(64)) });
    const { memory, items, graph } = look(store);
    expect([items, graph]).toEqual([[], []]);
    expect(memory).toMatchObject([
      { path: "c.md", project_id: null, by: ["bo"], versions: 1, deleted: false, tainted: false },
      { path: "b.md", project_id: "q", by: ["bo"], versions: 1, deleted: true },
      { path: "a.md", project_id: "p", by: ["bo", "cy"], versions: 2, conflicts: 0, tainted: true },
    ]);
    expect(count(store)).toMatchObject({ memory: 3, graph: 0, changes: 0 });
    // An agent is told of its project's and the global ones.
    expect(look(store, "helper", "p").memory.map(({ path }) => path)).toEqual(["d.md", "c.md", "a.md"]);
  });
});

describe("the memory graph in the inbox", () => {
  it("is a line an author, however many observations", () => {
    const store = newStore();
    for (const id of ["ent-1", "ent-2"]) write(store, "entity", id, { set: { name: id, type: "service" } });
    for (let at = 0; at < 30; at++) write(store, "entity", "ent-1", { add: { observations: [`fact ${at}`] } });
    write(store, "relation", "rel-1", { set: { from: "ent-1", to: "ent-2", type: "calls" } });
    write(store, "entity", "ent-2", { add: { observations: ["by cy"] } }, "cy", true);
    write(store, "entity", "ent-2", { add: { observations: ["by ada"] } }, "ada");
    expect(look(store).graph).toMatchObject([
      { by: "cy", entities: 1, relations: 0, changes: 1, tainted: true },
      { by: "bo", entities: 2, relations: 1, changes: 33, tainted: false },
    ]);
    expect(count(store)).toMatchObject({ graph: 4, more: false });
    expect(count(store, "bo")).toMatchObject({ graph: 2 });
  });

  it("is counted a part of the log at a time, and what is one's own is walked over", () => {
    const store = newStore();
    for (let at = 0; at < 25; at++) write(store, "entity", "ent-1", { add: { observations: [`own ${at}`] } }, "ada");
    write(store, "entity", "ent-1", { add: { observations: ["bo's"] } });
    for (let at = 0; at < 25; at++) write(store, "entity", `ent-${at}`, { add: { observations: ["bo's, too"] } });
    expect(count(store, "ada", 10)).toMatchObject({ graph: 4, more: true });
    expect(count(store, "ada", 1000)).toMatchObject({ graph: 25, more: false });
    // Where nobody else has done anything, all of it is walked over to say so.
    const own = newStore();
    for (let at = 0; at < 25; at++) write(own, "entity", "ent-1", { add: { observations: [`own ${at}`] } }, "ada");
    expect(count(own, "ada", 10)).toMatchObject({ graph: 0, more: false });
  });
});

describe("entries and messages in the inbox", () => {
  it("that are gone are not there; brought back they are news, for whom they are assigned too", () => {
    const store = newStore();
    write(store, "entry", "e-1", { set: { title: "x", project: "p", assignee: "ada" } });
    write(store, "entry", "e-1", { set: { deleted: true } });
    expect([look(store).items, count(store).assigned]).toEqual([[], 0]);
    const { upTo } = look(store);
    write(store, "entry", "e-1", { set: { deleted: false } });
    const since = firstPage(store.db, { looker: looker("ada"), since: upTo, limit: 100, now: NOW });
    expect(since.items).toMatchObject([{ kind: "assigned", id: "e-1", changed: ["deleted"] }]);
  });

  it("a message that was read by itself is not new; that it was acknowledged still is", () => {
    const store = newStore();
    write(store, "message", "m-1", { set: { text: "x", to_kind: "identity", to_id: "ada" } });
    expect(count(store).messages).toBe(1);
    write(store, "message", "m-1", { mark: "read" }, "ada");
    write(store, "message", "m-1", { mark: "acknowledged" }, "ada");
    expect(count(store).messages).toBe(0);
    const all = inboxPage(store.db, { looker: looker("ada"), all: true, limit: 100, now: NOW });
    expect(all.items).toMatchObject([{ kind: "message", id: "m-1" }]);
    expect(look(store, "bo").items).toMatchObject([{ kind: "change", changed: ["acknowledged"], by: ["ada"] }]);
  });

  it("a message stays until it is read, in its project too, wherever the mark is; everything else is governed by it", () => {
    const store = newStore();
    write(store, "message", "m-1", { set: { text: "x", to_kind: "identity", to_id: "ada" } });
    write(store, "message", "m-2", { set: { text: "x", to_kind: "project", to_id: "p" } }, "cy", true);
    write(store, "message", "m-3", { set: { text: "x", to_kind: "all", expires_at: NOW + 50 } });
    write(store, "message", "m-4", { set: { text: "x", to_kind: "identity", to_id: "bo" } }, "cy");
    write(store, "entry", "e-1", { set: { title: "x", project: "p" } });
    const ids = (identity: string, now = NOW, projectId: string | null = null) =>
      inboxPage(store.db, { looker: looker(identity, projectId), limit: 100, now }).items.map(({ id }) => id);
    const before = look(store);
    expect(before.items.map(({ id }) => id)).toEqual(["m-3", "m-2", "m-1", "e-1"]);
    seen(store, "ada", before.upTo);
    expect(look(store).items).toEqual(before.items.slice(0, 3));
    expect(look(store).items[1]).toMatchObject({ by: ["cy"], tainted: true, changes: 1, changed: ["text"] });
    expect(count(store)).toMatchObject({ messages: 3, changes: 0, more: false });
    const web = { person: "ada", now: NOW };
    expect(webInboxCount(store.db, web)).toMatchObject({ for_me: 3, new: 3 });
    expect(webInbox(store.db, { ...web, all: false }).items.map(({ id, is_read }) => [id, is_read])).toEqual([
      ["m-3", false],
      ["m-2", false],
      ["m-1", false],
    ]);
    expect(ids("ada", NOW + 50)).toEqual(["m-2", "m-1"]);
    for (const id of ["m-1", "m-2"]) write(store, "message", id, { mark: "read" }, "ada");
    expect([ids("ada"), webInboxCount(store.db, web).new]).toEqual([["m-3"], 1]);
    // An agent is told of its project's.
    seen(store, "helper", 1000);
    expect([ids("helper", NOW, "p"), ids("helper", NOW, "q")]).toEqual([["m-3", "m-2"], ["m-3"]]);
  });

  it("more messages than one look has are said to be more", () => {
    const store = newStore();
    for (let at = 0; at < 4; at++)
      write(store, "message", `m-${at}`, { set: { text: "x", to_kind: "identity", to_id: "ada" } });
    seen(store, "ada", 1000);
    const page = inboxPage(store.db, { looker: looker("ada"), limit: 3, now: NOW });
    expect([page.items.map(({ id }) => id), page.more]).toEqual([["m-3", "m-2", "m-1"], true]);
  });

  it("an agent is told of an entry of another project by its name, and by its being the agent's own", () => {
    const store = newStore();
    write(store, "entry", "e-1", { set: { title: "its own", project: "q" } }, "helper");
    write(store, "entry", "e-1", { set: { status: "blocked" } });
    write(store, "entry", "e-2", { set: { title: "other", project: "q" } });
    write(store, "entry", "e-2", { note: "ask @helper" });
    write(store, "entry", "e-3", { set: { title: "nobody's", project: "q" } });
    expect(look(store, "helper", "p").items.map(({ id, kind }) => [id, kind])).toEqual([
      ["e-2", "mention"],
      ["e-1", "change"],
    ]);
  });

  it("ends after one walk over what others did that is nothing to whoever looks", () => {
    const store = newStore();
    for (let at = 0; at < 40; at++) {
      write(store, "entry", `e-${at}`, { set: { title: "t", category: "note", project: "q" } });
    }
    write(store, "entry", "e-mine", { set: { title: "t", category: "note", project: "p" } });
    const agent = (walk: number) =>
      countInbox(store.db, { looker: looker("claude-code@p", "p"), limit: 100, walk, now: NOW });
    expect(agent(20)).toMatchObject({ changes: 0, more: true });
    expect(agent(41)).toMatchObject({ changes: 1, more: false });
  });
});
