import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventIdOf } from "../base/ids.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import { foldChanges } from "../merge/fold.ts";
import type { Change } from "../model/change.ts";
import { entryDetail } from "../query/entry-detail.ts";
import { subjectState } from "../query/shared-subject.ts";
import type { Author } from "./author.ts";
import { editEntry, type GivenEdit } from "./edit-entry.ts";
import { addEntry, resolveEntry } from "./entries.ts";
import { linkFrom } from "./entry-link.ts";
import { type Authoring, openAuthoring } from "./open-authoring.ts";

let root: string;
let now: number;
let authoring: Authoring;
let author: Author;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "clew-edit-")));
  mkdirSync(join(root, "web", ".git"), { recursive: true });
  mkdirSync(join(root, "web", "src"));
  now = Date.UTC(2026, 10, 21, 12);
  const env = { HOME: root, CLEW_HOME: join(root, "home"), CLEW_RUNTIME_DIR: join(root, "run"), CLEW_IDENTITY: "ada" };
  const clock = (): number => {
    now += 60_000;
    return now;
  };
  authoring = openAuthoring({ env, clock, cwd: join(root, "web"), pid: process.pid });
  author = authoring.author();
});
afterEach(() => {
  authoring.close();
  rmSync(root, { recursive: true, force: true });
});

const added = async (more: { readonly tags?: string[]; readonly links?: string[]; readonly body?: string } = {}) =>
  (await addEntry(authoring, { category: "issue", title: "first", ...more }, author)).entryId;
const edit = (id: string, given: GivenEdit) => editEntry(authoring, id, given, author);
const detail = (id: string) => authoring.read((db) => entryDetail(db, id))!;

describe("an edit", () => {
  it("is one change, and the history says from what to what", async () => {
    const id = await added({ tags: ["old"], links: ["commit:1234567"], body: "Before." });
    const { changed } = await edit(id, {
      ...{ title: "second", body: "After.", category: "task", assignee: "me" },
      ...{ tags: ["new"], untags: ["old"], links: ["https://example.org/a"], unlinks: ["1234567"] },
    });
    expect(new Set(changed)).toEqual(new Set(["assignee", "body", "category", "title", "tags", "links"]));
    expect(detail(id)).toMatchObject({
      entry: { title: "second", category: "task", assignee: "ada", tags: ["new"] },
      body: "After.",
      links: [{ kind: "url", target: "https://example.org/a" }],
    });
    const { history } = detail(id);
    expect(history).toHaveLength(2);
    expect(history[1]!.set).toEqual(
      expect.arrayContaining([
        { field: "title", from: ["first"], to: "second" },
        { field: "body", from: ["Before."], to: "After." },
        { field: "category", from: ["issue"], to: "task" },
      ]),
    );
    expect([history[1]!.added.tags, history[1]!.removed.tags]).toEqual([["new"], ["old"]]);
  });

  it("that changes nothing is none", async () => {
    const id = await added({ tags: ["a"] });
    for (const given of [{ title: "first" }, { body: "" }, { tags: ["a"] }, { assignee: null }, { deleted: false }])
      expect(await edit(id, given)).toMatchObject({ written: null, changed: [] });
    expect(detail(id).history).toHaveLength(1);
  });

  it.each<[GivenEdit, RegExp]>([
    [{ title: " " }, /the title is empty/],
    [{ category: "bug" }, /category bug is unknown/],
    [{ body: "x".repeat(256 * 1024 + 1) }, /256 KB is the most/],
    [{ untags: ["b"] }, /it has no tag b$/],
    [{ unlinks: ["nowhere"] }, /it has no link nowhere/],
    [{ tags: ["b"], untags: ["a", "b"] }, /it has no tag b/],
    [{ tags: ["a"], untags: ["a"] }, /either added or taken away/],
    [{ tags: Array.from({ length: 50 }, (_, at) => `t${at}`) }, /51 tags are too many/],
    [{ links: ["nowhere"] }, /is no link: no event, file, commit or address/],
    [{ unlinks: ["1234567"] }, /could be several links; name one of them:\n {2}commit:1234567\n {2}event:1234567/],
  ])("%j is refused, and nothing is changed", async (given, sentence) => {
    const id = await added({ tags: ["a"], links: ["commit:1234567", "event:1234567"] });
    await expect(edit(id, { ...given, title: given.title ?? "other" })).rejects.toThrow(sentence);
    expect(detail(id).history).toHaveLength(1);
  });

  it("takes away and brings back; what is gone is not changed meanwhile", async () => {
    const id = await added();
    await edit(id, { deleted: true });
    expect(detail(id)).toMatchObject({ deleted: true, deleted_by: "ada", deleted_at: expect.stringMatching(/^2026/) });
    await expect(edit(id, { title: "second" })).rejects.toThrow(
      /is deleted: `clew edit e-\w+ --undelete` brings it back/,
    );
    await expect(resolveEntry(authoring, id, { status: "resolved" }, author)).rejects.toThrow(/is deleted/);
    expect((await edit(id, { deleted: true })).written).toBeNull();
    await edit(id, { deleted: false, title: "second" });
    expect(detail(id)).toMatchObject({ deleted: false, deleted_by: null, entry: { title: "second" } });
  });

  it("settles what two wrote who did not know of each other", async () => {
    const id = await added();
    const seen = authoring.read((db) => subjectState(db, "entry", id))!;
    for (const title of ["second", "third"])
      await authoring.writeAll([{ target: "entry", subject: id, data: changeData(seen, { set: { title } })! }], {
        ...author,
        identity: title,
      });
    expect(detail(id).conflicts.title).toMatchObject([{ value: "third" }, { value: "second" }]);
    // Also by choosing the one that is shown.
    expect((await edit(id, { title: "third" })).changed).toEqual(["title"]);
    expect(detail(id)).toMatchObject({ conflicts: {}, entry: { title: "third" } });
  });
});

describe("two replicas", () => {
  const fields = ["title", "category", "assignee", "deleted"] as const;
  const value = fc.constantFrom("a", "b", "c");
  const step = fc.record({
    who: fc.constantFrom(0, 1),
    set: fc.record({ title: value, category: value, assignee: value, deleted: fc.boolean() }, { requiredKeys: [] }),
    sync: fc.boolean(),
  });

  it("that edit apart, and of which one then settles, show the one value of each field", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.constantFrom(0, 1), (steps, settler) => {
        const replicas: [Change[], Change[]] = [[], []];
        let made = 0;
        const write = (who: 0 | 1, intent: Intent): void => {
          const data = changeData(foldChanges(replicas[who]), intent);
          const ts = made++;
          if (!data) return;
          replicas[who].push({
            ...{ changeId: `c${ts}`, target: "entry", subject: "e-1", hlc: ts, device: `d${who}`, author: `d${who}` },
            ...{ origin: "human", tainted: false, sessionId: null, ts, data },
          });
        };
        const sync = (): void => {
          const all = [...replicas[0], ...replicas[1]];
          const known = [...new Map(all.map((change) => [change.changeId, change])).values()];
          replicas[0] = [...known];
          replicas[1] = [...known].reverse();
        };
        for (const { who, set, sync: isMet } of steps) {
          write(who as 0 | 1, { set });
          if (isMet) sync();
        }
        sync();
        const disputed = Object.keys(foldChanges(replicas[0])?.conflicts ?? {});
        const chosen = Object.fromEntries(disputed.map((field) => [field, field === "deleted" ? false : "b"]));
        write(settler as 0 | 1, { set: chosen });
        sync();
        const [one, other] = replicas.map((changes) => foldChanges(changes));
        expect(one).toEqual(other);
        expect(one?.conflicts ?? {}).toEqual({});
        for (const field of disputed) {
          expect(fields).toContain(field);
          expect(one!.fields[field]!.value).toBe(chosen[field]);
          expect(one!.standing[field]).toHaveLength(1);
        }
      }),
    );
  });
});

describe("a link in plain form", () => {
  const link = (text: string, directory = join(root, "web", "src")) => linkFrom(authoring, text, directory);

  it("is recognised by what it names", async () => {
    writeFileSync(join(root, "web", "src", "lock.ts"), "");
    writeFileSync(join(root, "notes.md"), "");
    const id = await added();
    const change = detail(id).history[0]!.change_id;
    expect(link("lock.ts")).toEqual({ kind: "file", target: "src/lock.ts" });
    expect(link("../../notes.md")).toEqual({ kind: "file", target: join(root, "notes.md") });
    expect(link("HTTPS://example.org")).toEqual({ kind: "url", target: "HTTPS://example.org" });
    expect(link("1A2B3C4D5")).toEqual({ kind: "commit", target: "1a2b3c4d5" });
    // A whole event id may look like a commit.
    const event = eventIdOf(`clew:${change}`);
    expect(link(event)).toEqual({ kind: "event", target: event });
    expect(() => link(event.slice(0, 12))).toThrow(/could be several things/);
    expect(link("file:not-there-yet.ts")).toEqual({ kind: "file", target: "not-there-yet.ts" });
  });

  it("that could be several things is none, and says which", () => {
    writeFileSync(join(root, "web", "src", "abcdef01"), "");
    expect(() => link("abcdef01")).toThrow(
      /could be several things; name one of them:\n {2}file:src\/abcdef01\n {2}commit:abcdef01$/,
    );
    expect(linkFrom(authoring, "abcdef01", undefined)).toEqual({ kind: "commit", target: "abcdef01" });
    for (const text of ["nowhere.ts", "branch:main", "mailto:a@b", "1234", "toolu_1"])
      expect(() => link(text)).toThrow(/is no link: no event, file, commit or address that is known here/);
  });
});

describe("an entry with as many notes as it can have", () => {
  const noted = (id: string, texts: readonly string[]) =>
    authoring.writeAll(
      texts.map((note) => ({ target: "entry" as const, subject: id, data: { note } })),
      author,
    );

  it.each([
    ["1000 notes", Array.from({ length: 999 }, () => "n")],
    ["16 MB of notes", Array.from({ length: 16 }, () => "n".repeat(1024 * 1024 - 1))],
  ])("takes the last, and no note after %s", async (most, texts) => {
    const id = await added();
    await noted(id, texts);
    await resolveEntry(authoring, id, { note: "The last." }, author);
    const more = most === "1000 notes" ? "One more." : "m".repeat(1000);
    await expect(resolveEntry(authoring, id, { status: "blocked", note: more }, author)).rejects.toMatchObject({
      code: "usage",
      message: `${id} would have more than ${most}, the most: write another entry, and link it`,
    });
    expect(detail(id)).toMatchObject({ entry: { status: "open" } });
    await resolveEntry(authoring, id, { status: "blocked" }, author);
    expect(detail(id)).toMatchObject({ entry: { status: "blocked" } });
    expect(detail(id).notes).toHaveLength(texts.length + 1);
  });
});
