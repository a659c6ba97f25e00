/** @module A dual-write that is killed anywhere: the report says exactly what the files lack, and the next run mends it. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { drainIfFree } from "../packages/app/src/ingest/drain-command.ts";
import { checkMigration } from "../packages/app/src/ingest/imports/migration/check.ts";
import { migrationOf } from "../packages/app/src/ingest/imports/migration/migrations.ts";
import type { MigrationCheck } from "../packages/app/src/model/import-answers.ts";
import { writeSpoolRecord } from "../packages/app/src/spool/spool-directory.ts";
import { openReader } from "../packages/app/src/store/db.ts";
import { bareEnvironment, clew, clewBin } from "./command.ts";

const KILLS = 60;
const NEW_EACH = 25;
const START = Date.UTC(2026, 0, 5, 8);

const home = mkdtempSync(join(tmpdir(), "clew-dual-"));
const directory = join(home, "sessions");
const workspace = join(home, "loom");
const env = bareEnvironment({ HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run") });
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What the store has been told: nobody else's word is asked for what is right. */
interface Told {
  status: string;
  endedAt: number | null;
  beats: number;
}
const told = new Map<string, Told>();
let [records, time] = [0, START];

function record(sessionId: string, type: string, data: object): object {
  time += 1000;
  return {
    v: 1,
    ts: new Date(time).toISOString(),
    id: `k-${++records}`,
    correlation_id: `0123456789abcdef:${sessionId}`,
    type,
    data,
  };
}

/** New sessions, beats of some, ends of others, in the store at once. */
async function work(): Promise<void> {
  const list: object[] = [];
  for (let index = 0; index < NEW_EACH; index++) {
    const id = `s-${told.size + 1}`;
    list.push(record(id, "session.start", { agent: "script", cwd: workspace, trigger: "cron" }));
    told.set(id, { status: "active", endedAt: null, beats: 0 });
  }
  for (const [index, [id, session]] of [...told].entries()) {
    if (index % 3 === records % 3 && index > told.size - 80) {
      list.push(record(id, "loom.beat", { row: index }));
      session.beats++;
    }
    if (session.endedAt === null && index < told.size - 40) {
      list.push(record(id, "session.end", { status: "completed" }));
      Object.assign(session, { status: "completed", endedAt: time });
    }
  }
  const body = Buffer.from(JSON.stringify(list));
  writeSpoolRecord(join(home, "data", "spool"), { kind: "event", fields: { at: "1" }, body });
  expect(await drainIfFree(env, () => time + 1000)).toBe(true);
}

/** The other program goes on writing its own file, whole and in one piece. */
let pulses = 0;
function otherProgram(): void {
  pulses++;
  const events = Array.from({ length: pulses }, (_, index) => ({
    event_type: "pulse",
    timestamp: START / 1000 + index,
  }));
  writeFileSync(
    join(directory, "other-1.json"),
    JSON.stringify({ session_id: "other-1", started_at: START / 1000, status: "active", events }),
  );
}

function ask(sql: string): number {
  const db = openReader(join(home, "data", "clew.db"));
  try {
    return db.prepare<[], { n: number }>(sql).get()!.n;
  } finally {
    db.close();
  }
}

/** Sessions without a file, and sessions whose file is not what was told, by looking at the files. */
function differing(): { readonly missing: readonly string[]; readonly stale: readonly string[] } {
  const names = new Set(readdirSync(directory));
  const missing: string[] = [];
  const stale: string[] = [];
  for (const [id, { status, endedAt, beats }] of told) {
    if (!names.has(`${id}.json`)) missing.push(id);
    else {
      const file = JSON.parse(readFileSync(join(directory, `${id}.json`), "utf8")) as Record<string, unknown>;
      const written = {
        status: file.status,
        endedAt: file.ended_at ?? null,
        beats: (file.events as unknown[] | undefined)?.length ?? 0,
      };
      const expected = { status, endedAt: endedAt === null ? null : endedAt / 1000, beats };
      if (JSON.stringify(written) !== JSON.stringify(expected)) stale.push(id);
    }
  }
  const stored = ask("SELECT count(*) AS n FROM events WHERE session_id = 'other-1' AND type = 'event.pulse'");
  if (stored !== pulses) stale.push("other-1");
  return { missing: missing.sort(), stale: stale.sort() };
}

/** The report, by a process of its own or by the same function. */
async function check(isProcess: boolean): Promise<MigrationCheck> {
  if (!isProcess) return checkMigration(env, migrationOf(env, null));
  const { stdout, stderr, code } = await clew(["migrate", "check", "--json"], env);
  expect([code === 0 || code === 1, stderr]).toEqual([true, ""]);
  return JSON.parse(stdout) as MigrationCheck;
}

/** Kills a sync without warning, after some milliseconds or so many changes of the directory; true if it had not ended by itself. */
function kill(after: { readonly ms: number } | { readonly changes: number }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let changes = 0;
    const watcher = watch(directory, () => {
      if ("changes" in after && ++changes >= after.changes) child.kill("SIGKILL");
    });
    const child = spawn(process.execPath, [clewBin, "migrate", "sync", "--json"], { env, stdio: "ignore" });
    const timer = "ms" in after ? setTimeout(() => child.kill("SIGKILL"), after.ms) : undefined;
    child.on("error", reject);
    child.on("exit", (_, signal) => {
      clearTimeout(timer);
      watcher.close();
      resolve(signal === "SIGKILL");
    });
  });
}

test(`says exactly what is missing after kill -9 at ${KILLS} points, and mends it`, { timeout: 300_000 }, async () => {
  mkdirSync(directory);
  mkdirSync(join(workspace, ".git"), { recursive: true });
  otherProgram();
  const started = await clew(["migrate", "start", directory, "--workspace", workspace, "--json"], env);
  expect(started.code, started.stderr).toBe(0);
  await work();
  const begun = performance.now();
  expect((await clew(["migrate", "sync", "--json"], env)).code).toBe(0);
  const whole = performance.now() - begun;
  let [killed, cutShort] = [0, 0];
  for (let round = 0; killed < KILLS && round < KILLS * 3; round++) {
    await work();
    otherProgram();
    const before = differing();
    // A steady walk: over the whole run by time, and over its writing, where a file is several changes, by these.
    const at = (round * 0.618_034) % 1;
    if (await kill(round % 4 === 0 ? { ms: whole * at } : { changes: 1 + Math.floor(at * 3 * NEW_EACH) })) killed++;
    const { missing, stale } = differing();
    const isPart =
      missing.length + stale.length > 0 && missing.length + stale.length < before.missing.length + before.stale.length;
    if (isPart) cutShort++;
    const report = await check(round % 5 === 4);
    expect(report.missing_in_files.map(({ session_id }) => session_id).sort()).toEqual(missing);
    expect(report.differing.map(({ session_id }) => session_id).sort()).toEqual(stale);
    expect([report.missing_in_store, report.unreadable]).toEqual([[], []]);
    expect(report.consistent).toBe(missing.length + stale.length === 0);
    if (round % 5 === 4) {
      const mended = await clew(["migrate", "sync", "--json"], env);
      expect([mended.code, mended.stderr]).toEqual([0, ""]);
      expect(differing()).toEqual({ missing: [], stale: [] });
      expect((await check(true)).consistent).toBe(true);
      expect(readdirSync(directory).filter((name) => name.startsWith("."))).toEqual([]);
    }
  }
  expect(killed).toBe(KILLS);
  // Some of the kills came in the middle of the writing.
  expect(cutShort).toBeGreaterThan(KILLS / 4);
  expect((await clew(["migrate", "finish", "--json"], env)).code).toBe(0);
  expect(ask("SELECT count(*) AS n FROM events WHERE type = 'session.start' AND session_id GLOB 's-*'")).toBe(
    told.size,
  );
});
