import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MigrationCheck, MigrationRollback, MigrationSync } from "../../../model/import-answers.ts";
import { writeSpoolRecord } from "../../../spool/spool-directory.ts";
import { run } from "../../../surfaces/cli/testing.ts";
import { drainIfFree } from "../../drain-command.ts";
import { openImportWriter } from "../import-writer.ts";
import { openManifest } from "./manifest.ts";
import { type SyncMemory, syncMigration } from "./sync.ts";
import { writeSessionFile } from "./write-file.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const fixtures = join(import.meta.dirname, "..", "..", "..", "..", "..", "..", "fixtures", "imports", "sessions");

let home: string;
let directory: string;
let workspace: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-migrate-"));
  directory = join(home, "sessions");
  workspace = join(home, "loom");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  cpSync(fixtures, directory, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const env = () => ({ HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run"), USER: "ada" });
async function migrate<Answer>(
  ...words: readonly string[]
): Promise<Answer & { readonly code: number; readonly stderr: string }> {
  const { code, stdout, stderr } = await run(["migrate", ...words, "--json"], { home, now: NOW, env: env() });
  return { ...(stdout === "" ? ({} as Answer) : (JSON.parse(stdout) as Answer)), code, stderr };
}
const check = () => migrate<MigrationCheck>("check");
const sync = (...words: readonly string[]) => migrate<MigrationSync>("sync", ...words);
const read = (name: string): string => readFileSync(join(directory, name), "utf8");
const put = (name: string, content: unknown): void =>
  writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));

let count = 0;
/** What a program of ours reports, stored at once. */
async function report(
  sessionId: string,
  type: string,
  data: object,
  ts = "2026-03-10T11:00:00.000Z",
  message?: string,
): Promise<void> {
  const record = {
    v: 1,
    ts,
    id: `r-${++count}`,
    correlation_id: `0123456789abcdef:${sessionId}`,
    type,
    data,
    ...(message && { message }),
  };
  writeSpoolRecord(join(home, "data", "spool"), {
    kind: "event",
    fields: { at: "1" },
    body: Buffer.from(JSON.stringify(record)),
  });
  await drainIfFree(env(), () => NOW);
}
const startSession = (sessionId: string): Promise<void> =>
  report(sessionId, "session.start", {
    agent: "script",
    cwd: workspace,
    trigger: "cron",
    name: sessionId.toUpperCase(),
  });

describe("a migration", () => {
  test("reads everything, keeps both alike, finishes", async () => {
    const begun = await migrate<MigrationSync & { workspaces: readonly string[] }>(
      "start",
      directory,
      "--workspace",
      workspace,
    );
    expect([begun.code, begun.imported, begun.workspaces]).toEqual([0, 3, [workspace]]);
    expect(await check()).toMatchObject({ code: 0, consistent: true, files: 3, sessions: 3 });

    await startSession("s-1");
    await report("s-1", "vat.heated", { degrees: 80 }, "2026-03-10T11:05:00.000Z", "hot");
    expect(await check()).toMatchObject({
      code: 1,
      missing_in_files: [{ file: "session_s-1.json", session_id: "s-1" }],
    });
    expect(await sync()).toMatchObject({ code: 0, imported: 0, created: 1, updated: 0, conflicts: [], problems: [] });
    // As the program that is there writes them.
    expect(JSON.parse(read("session_s-1.json"))).toEqual({
      session_id: "s-1",
      workspace_path: workspace,
      trigger_source: "cron",
      title: "S-1",
      status: "active",
      started_at: Date.UTC(2026, 2, 10, 11) / 1000,
      events: [
        {
          clew_id: `r-${count}`,
          event_type: "vat.heated",
          timestamp: Date.UTC(2026, 2, 10, 11, 5) / 1000,
          message: "hot",
          data: { degrees: 80 },
        },
      ],
    });
    expect(await check()).toMatchObject({ code: 0, files: 4 });

    await report("s-1", "session.end", { status: "failed" }, "2026-03-10T11:30:00.000Z");
    const stale = await check();
    expect(stale.differing).toEqual([
      {
        file: "session_s-1.json",
        session_id: "s-1",
        fields: [
          { field: "status", file: "active", store: "failed" },
          { field: "ended_at", file: null, store: Date.UTC(2026, 2, 10, 11, 30) },
        ],
      },
    ]);
    expect(await sync()).toMatchObject({ created: 0, updated: 1 });
    expect(await sync()).toMatchObject({ imported: 0, new_events: 0, created: 0, updated: 0 });
    expect(JSON.parse(read("session_s-1.json"))).toMatchObject({
      status: "failed",
      ended_at: Date.UTC(2026, 2, 10, 11, 30) / 1000,
    });

    const finished = await migrate<MigrationCheck>("finish");
    expect([finished.code, finished.phase]).toEqual([0, "finished"]);
    await startSession("s-2");
    expect(await check()).toMatchObject({ code: 0 });
    expect((await sync()).code).toBe(2);
    expect(readdirSync(directory)).not.toContain("session_s-2.json");
  });

  test("what the other program writes comes in, and is not written back", async () => {
    await migrate("start", directory);
    const row = JSON.parse(read("session_loom-3.json")) as object;
    put("session_loom-3.json", { ...row, status: "completed", ended_at: 1761390200, metadata: { mood: "calm" } });
    put("session_loom-5.json", { session_id: "loom-5", started_at: 1761390300, status: "active" });
    expect(await check()).toMatchObject({
      code: 1,
      differing: [
        {
          file: "session_loom-3.json",
          fields: [
            { field: "status", file: "completed", store: "active" },
            { field: "ended_at", file: 1761390200000, store: null },
            { field: "metadata", file: { mood: "calm" }, store: null },
          ],
        },
      ],
      missing_in_store: [{ file: "session_loom-5.json", session_id: "loom-5" }],
    });
    const before = readdirSync(directory).map(read);
    expect(await sync()).toMatchObject({ code: 0, imported: 2, created: 0, updated: 0 });
    expect(readdirSync(directory).map(read)).toEqual(before);
    expect(await check()).toMatchObject({ code: 0, consistent: true });
  });

  test("of a change on both sides neither is lost, and a person decides", async () => {
    await migrate("start", directory);
    const row = JSON.parse(read("session_loom-3.json")) as object;
    await report("loom-3", "session.end", { status: "failed" }, "2026-03-10T11:30:00.000Z");
    put("session_loom-3.json", { ...row, status: "abandoned", title: "By hand" });
    const synced = await sync();
    expect(synced).toMatchObject({ code: 1, imported: 1 });
    expect(synced.conflicts).toEqual([
      expect.stringContaining('session_loom-3.json: status became "abandoned" there and "failed" in the store'),
    ]);
    // What only the store says is written beside it; what the file says stays.
    expect(JSON.parse(read("session_loom-3.json"))).toMatchObject({
      status: "abandoned",
      title: "By hand",
      ended_at: Date.UTC(2026, 2, 10, 11, 30) / 1000,
    });
    expect((await check()).differing[0]?.fields).toEqual([{ field: "status", file: "abandoned", store: "failed" }]);
    expect(await sync("--prefer", "store")).toMatchObject({ code: 0, updated: 1 });
    expect(JSON.parse(read("session_loom-3.json"))).toMatchObject({ status: "failed", title: "By hand" });
    expect((await check()).code).toBe(0);
  });

  test("files that say nothing, that are gone and that are in the way are said, not touched", async () => {
    put("broken.json", "{");
    await migrate("start", directory, "--workspace", workspace);
    expect((await check()).unreadable).toEqual([
      { file: "broken.json", problem: expect.stringContaining("no JSON"), kept: true },
    ]);
    unlinkSync(join(directory, "session_loom-3.json"));
    put("session_s-9.json", "[]");
    await startSession("s-9");
    const synced = await sync();
    expect([synced.code, synced.conflicts]).toEqual([
      1,
      [
        "session_loom-3.json: it was removed; it is not written again",
        "session_s-9.json: another file has that name; session s-9 is not written",
      ],
    ]);
    expect(read("session_s-9.json")).toBe("[]");
    await report("loom-3", "session.end", { status: "completed" });
    expect((await sync()).conflicts).toContain("session_loom-3.json: it was removed; it is not written again");
    expect((await check()).missing_in_files).toEqual([
      { file: "session_loom-3.json", session_id: "loom-3" },
      { file: "session_s-9.json", session_id: "s-9" },
    ]);
    await sync("--prefer", "store");
    expect(JSON.parse(read("session_loom-3.json"))).toMatchObject({ session_id: "loom-3", status: "completed" });
  });

  test("leads back to files: the same bytes where nobody knew more", async () => {
    put("broken.json", Buffer.from("\xff{", "latin1").toString("latin1"));
    put("odd name.json", '{"id":"loom-8",  "start":1761390100, "n":12345678901234567890}\r\n');
    await migrate("start", directory, "--workspace", workspace);
    await startSession("s-1");
    await report("loom-2", "vat.cooled", { degrees: 20 });
    const before = new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]));
    rmSync(directory, { recursive: true });
    const to = join(home, "back");
    const back = await migrate<MigrationRollback>("rollback", "--to", to);
    expect(back).toMatchObject({ code: 0, original: 4, written: 2, present: 0, conflicts: [] });
    for (const [name, bytes] of before)
      if (name !== "session_loom-2.json") expect(readFileSync(join(to, name)).equals(bytes), name).toBe(true);
    const grown = JSON.parse(readFileSync(join(to, "session_loom-2.json"), "utf8")) as { events: unknown[] };
    expect(grown).toMatchObject({
      summary: "The shuttle broke",
      events: [{ event_type: "vat.cooled", data: { degrees: 20 } }],
    });
    expect(JSON.parse(readFileSync(join(to, "session_s-1.json"), "utf8"))).toMatchObject({ session_id: "s-1" });
    expect(await migrate<MigrationRollback>("rollback", "--to", to)).toMatchObject({
      code: 0,
      original: 0,
      written: 0,
      present: 6,
    });
    writeFileSync(join(to, "broken.json"), "mine");
    expect(await migrate<MigrationRollback>("rollback", "--to", to)).toMatchObject({
      code: 1,
      present: 5,
      conflicts: [expect.stringContaining("broken.json")],
    });
    expect(readFileSync(join(to, "broken.json"), "utf8")).toBe("mine");
  });
});

describe("what the daemon calls", () => {
  test("looks at nothing that has not changed, and sees what has", async () => {
    await migrate("start", directory, "--workspace", workspace);
    const memory: SyncMemory = {};
    let now = NOW;
    const writer = openImportWriter(env(), () => now, "test");
    const call = () => syncMigration({ env: env(), clock: () => now, writer, memory });
    try {
      expect(await call()).toHaveLength(1);
      expect(await call()).toEqual([]);
      put("session_loom-7.json", { session_id: "loom-7", started_at: 1761390300 });
      expect(await call()).toMatchObject([{ imported: 1 }]);
      expect(await call()).toEqual([]);
      // Changed in place: the directory does not tell.
      put("session_loom-7.json", { session_id: "loom-7", started_at: 1761390300, status: "active" });
      expect(await call()).toEqual([]);
      now += 6000;
      expect(await call()).toMatchObject([{ imported: 1 }]);
      // Not written to its end yet.
      put("session_loom-6.json", "{");
      now = statSync(join(directory, "session_loom-6.json")).mtimeMs + 100;
      expect(await call()).toMatchObject([{ imported: 0 }]);
    } finally {
      writer.close();
    }
  });

  test("is nothing where no migration is", async () => {
    const writer = openImportWriter(env(), () => NOW, "test");
    try {
      expect(await syncMigration({ env: env(), clock: () => NOW, writer, memory: {} })).toEqual([]);
    } finally {
      writer.close();
    }
  });
});

test("a file that somebody changed is not replaced, and one that is there is not made", () => {
  const path = join(directory, "session_loom-1.json");
  expect(writeSessionFile(path, Buffer.from("{}"), null)).toBe("changed");
  expect(writeSessionFile(path, Buffer.from("{}"), "other")).toBe("changed");
  expect(writeSessionFile(join(directory, "gone.json"), Buffer.from("{}"), "other")).toBe("changed");
  expect(readdirSync(directory).sort()).toEqual(["session_loom-1.json", "session_loom-2.json", "session_loom-3.json"]);
  expect(existsSync(join(directory, "gone.json"))).toBe(false);
});

test("a manifest survives a torn line", () => {
  const path = join(home, "manifest.jsonl");
  const entry = { file: "a", session: "s", sha: "1", by: "clew", base: null, original: null, stamp: null } as const;
  const first = openManifest(path);
  first.put(entry);
  first.reached(7);
  first.close();
  writeFileSync(path, `${readFileSync(path, "utf8")}{"is":"entry","ent`);
  const second = openManifest(path);
  expect([second.seq(), second.filesOf("s")]).toEqual([7, [entry]]);
  for (let round = 0; round < 1500; round++) second.put({ ...entry, sha: String(round) });
  second.save();
  second.close();
  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(10);
  expect(openManifest(path, { isReadOnly: true }).entries.get("a")?.sha).toBe("1499");
});

test("usage is said", async () => {
  expect(await migrate("chek")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("did you mean `clew migrate check`?"),
  });
  expect(await migrate("start")).toMatchObject({ code: 2 });
  expect(await migrate("check", "--to", "x")).toMatchObject({ code: 2 });
  expect(await migrate("check")).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no migration") });
  expect(await migrate("start", join(home, "none"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("does not exist"),
  });
  expect(await migrate<{ rows: unknown[] }>("status")).toMatchObject({ code: 0, rows: [] });
  await migrate("start", directory);
  expect(await migrate<{ rows: unknown[] }>("status")).toMatchObject({
    code: 0,
    rows: [{ directory, consistent: true, different: 0 }],
  });
  expect(await migrate("rollback")).toMatchObject({ code: 2 });
  expect(await migrate("sync", "--prefer", "file")).toMatchObject({ code: 2 });
});
