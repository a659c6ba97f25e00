/** @module A machine with a store that everything hostile was brought into by the ways in which it would come, and a person's own words beside it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workspaceIdOf } from "../../packages/app/src/base/ids.ts";
import type { SpoolRecord } from "../../packages/app/src/base/spool-record.ts";
import { drainIfFree } from "../../packages/app/src/ingest/drain-command.ts";
import { runIndex } from "../../packages/app/src/ingest/index-command.ts";
import { writeSpoolRecord } from "../../packages/app/src/spool/spool-directory.ts";
import { type Database, openReader } from "../../packages/app/src/store/db.ts";
import { type Ran, run } from "../../packages/app/src/surfaces/cli/testing.ts";
import { COUNT, payload, wordPayload } from "./payloads.ts";
import { hostileImport, hostileLog, hostileOtlp, hostileOwnRecords, hostileScript } from "./plant-programs.ts";
import { HOSTILE_IDENTITY, hostileHooks, hostileSession, hostileTranscript } from "./plant-records.ts";
import { hostileChanges } from "./plant-shared.ts";

/** After everything that is told. */
export const NOW: number = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
/** The agent's own earlier session, and the one that starts. */
export const OWN_SESSION = "aaaaaaaa-0000-4000-8000-000000000001";
export const STARTING = "aaaaaaaa-0000-4000-8000-000000000002";
export const OWN_WORDS = {
  summary: "The loom stands.",
  decision: "linen, for the weft",
  focus: "the dyeing",
  nextStep: "mordant, then madder",
  todo: "cut the warp",
  entry: "Refunds are counted twice",
} as const;

export interface InjectionBed {
  readonly home: string;
  readonly workspace: string;
  readonly workspaceId: string;
  readonly env: Readonly<Record<string, string>>;
  /** The command line in this process, at a person's terminal in the workspace. */
  readonly clew: (words: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ran>;
  /** Records of a session, drained at once. */
  readonly tell: (records: readonly object[]) => Promise<void>;
  /** A hook's body, with the spool's header. */
  readonly hook: (body: object, fields: SpoolRecord["fields"]) => Promise<void>;
  readonly record: (session: string, type: string, at: number, data: object) => object;
  readonly read: <Answer>(question: (db: Database) => Answer) => Answer;
  readonly remove: () => void;
}

export async function injectionBed(): Promise<InjectionBed> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "clew-injection-")));
  const workspace = join(home, "web");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  const data = join(home, "data");
  const env = {
    HOME: home,
    USER: "ada",
    CLEW_HOME: data,
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    CLEW_NO_DAEMON: "1",
    PATH: process.env.PATH ?? "",
  };
  const workspaceId = workspaceIdOf(workspace);
  let number = 0;
  const spool = (kind: SpoolRecord["kind"], body: string, fields: SpoolRecord["fields"] = {}): void =>
    void writeSpoolRecord(join(data, "spool"), {
      kind,
      fields: { at: String(NOW - HOUR), ...fields },
      body: Buffer.from(body),
    });
  const record = (session: string, type: string, at: number, about: object): object => ({
    v: 1,
    id: `told-${++number}`,
    ts: new Date(at).toISOString(),
    correlation_id: `${workspaceId}:${session}`,
    type,
    data: about,
  });
  const clock = (): number => NOW;
  const tell = async (records: readonly object[]): Promise<void> => {
    spool("event", JSON.stringify(records));
    await drainIfFree(env, clock);
  };

  // As the client names it.
  const projects = join(home, "claude", "projects", workspace.replace(/[^A-Za-z0-9]/g, "-"));
  mkdirSync(join(projects, "memory"), { recursive: true });
  const place = { projectId: "dir:web", workspaceId, identity: "claude-code@web" };
  const changes: object[] = [];
  const programs: object[] = [];
  const telemetry: object[] = [];
  const imported: object[] = [];
  for (let index = 0; index < COUNT; index++) {
    const startedAt = NOW - 40 * HOUR - index * 60_000;
    writeFileSync(join(projects, `${hostileSession(index)}.jsonl`), hostileTranscript(index, workspace, startedAt));
    for (const body of hostileHooks(index, workspace))
      spool("hook", JSON.stringify(body), {
        identity: HOSTILE_IDENTITY,
        at: String(startedAt),
        session: hostileSession(index),
      });
    changes.push(
      ...hostileChanges(index, place).map((change, part) => ({
        ...record(hostileScript(index), "change", NOW - HOUR, change),
        id: `${payload("changeid", index)} ${part}`,
      })),
    );
    programs.push(...hostileOwnRecords(index, NOW - 30 * HOUR));
    imported.push(hostileImport(index, NOW - 30 * HOUR));
    telemetry.push(...hostileOtlp(index, NOW - 30 * HOUR));
    const { line, fields } = hostileLog(index);
    spool("log", line, fields);
  }
  spool("event", JSON.stringify(changes));
  spool("event", JSON.stringify(programs));
  spool("event", JSON.stringify(imported), { import: "json" });
  spool("otlp", JSON.stringify(telemetry));
  // A repository that somebody else has set up.
  mkdirSync(join(home, "theirs", ".git"), { recursive: true });
  writeFileSync(
    join(home, "theirs", ".git", "config"),
    `[remote "origin"]\n\turl = ${wordPayload("remote", 1, "/")}\n`,
  );
  spool(
    "hook",
    JSON.stringify({ ...hostileHooks(1, join(home, "theirs"))[0], session_id: "cccccccc-0000-4000-8000-000000000001" }),
  );
  writeFileSync(join(projects, `${OWN_SESSION}.jsonl`), ownTranscript(workspace));
  await runIndex({ env, clock });
  // Last of all, so that the project's state is the agent's own.
  await tell([
    record(OWN_SESSION, "session.outcome", NOW - 3 * HOUR, {
      summary: OWN_WORDS.summary,
      decisions: [OWN_WORDS.decision],
    }),
    record(OWN_SESSION, "session.state", NOW - 3 * HOUR, {
      focus: OWN_WORDS.focus,
      next_steps: [OWN_WORDS.nextStep],
      todos: [{ text: OWN_WORDS.todo, status: "in_progress" }],
    }),
  ]);

  async function clew(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const before = process.cwd();
    process.chdir(workspace);
    try {
      return await run(words, { home, now: NOW, env: { ...env, ...more } });
    } finally {
      process.chdir(before);
    }
  }
  const logged = await clew(["log", "-c", "issue", "-t", OWN_WORDS.entry]);
  if (logged.code !== 0) throw new Error(logged.stderr);
  return {
    home,
    workspace,
    workspaceId,
    env,
    clew,
    tell,
    async hook(body, fields) {
      spool("hook", JSON.stringify(body), fields);
      await drainIfFree(env, clock);
    },
    record,
    read(question) {
      const db = openReader(join(data, "clew.db"));
      try {
        return question(db);
      } finally {
        db.close();
      }
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** A prompt and an answer: the session that ended last, and that read nothing of anybody. */
function ownTranscript(cwd: string): string {
  const line = (record: object, after: number) => ({
    cwd,
    sessionId: OWN_SESSION,
    version: "2.1.210",
    uuid: `own-line-${after}`,
    timestamp: new Date(NOW - 4 * HOUR + after).toISOString(),
    ...record,
  });
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: "own",
    role: "assistant",
    model: "claude-opus-4-5",
    content: [{ type: "text", text: "Yes." }],
    usage,
  };
  const records = [
    line({ type: "user", message: { role: "user", content: "Warp it." } }, 0),
    line({ type: "assistant", requestId: "own", message }, 60_000),
  ];
  return `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;
}
