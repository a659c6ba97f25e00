/** @module A data directory with processes that write to its spool and one that empties it, and what came of it all. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BODY_COLUMNS, type BodyPlace, eventBody } from "../../packages/app/src/query/event-body.ts";
import { type Database, openReader } from "../../packages/app/src/store/db.ts";
import { repositoryRoot } from "../repository.ts";

const here = join(repositoryRoot, "test", "reliability");
export const drainerProgram: string = join(here, "drainer.mjs");
export const observeScript: string = join(repositoryRoot, "plugin", "hooks", "observe.sh");

export interface Testbed {
  /** Everything is below it. */
  readonly root: string;
  readonly home: string;
  readonly database: string;
  readonly spool: string;
  /** Where the writers keep their lists. */
  readonly lists: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** An environment in which nothing of this machine's user is found. */
export function createTestbed(): Testbed {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "clew-reliability-")));
  const home = join(root, "data");
  const lists = join(root, "lists");
  mkdirSync(lists);
  mkdirSync(join(root, "config", "projects"), { recursive: true });
  const env = {
    PATH: process.env.PATH,
    TMPDIR: process.env.TMPDIR,
    HOME: root,
    CLEW_HOME: home,
    CLEW_RUNTIME_DIR: join(root, "run"),
    CLAUDE_CONFIG_DIR: join(root, "config"),
  };
  return {
    root,
    home,
    lists,
    env,
    database: join(home, "clew.db"),
    spool: join(home, "spool"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface WriterOptions {
  readonly kind: "hook" | "node";
  readonly name: string;
  readonly pauseMs: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Resolves when the writer has ended; rejects when it ended badly. */
export function startWriter({ home, lists, env }: Testbed, options: WriterOptions): Promise<void> {
  const { kind, name, pauseMs } = options;
  const session = `5e551000-0000-4000-8000-${Buffer.from(name).toString("hex").padStart(12, "0").slice(-12)}`;
  const [program, args] =
    kind === "hook"
      ? ["sh", [join(here, "hook-writer.sh"), observeScript, home, name, lists, String(pauseMs / 1000), session]]
      : [process.execPath, [join(here, "spool-writer.mjs"), home, name, lists, String(pauseMs)]];
  const child = spawn(program, args, { env: { ...env, ...options.env }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return ended(child).then(({ code, signal }) => {
    if (code !== 0) throw new Error(`writer ${name} ended with ${code ?? signal}: ${said}`);
  });
}

export function stopWriters({ lists }: Testbed): void {
  writeFileSync(join(lists, "stop"), "");
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("exit", (code, signal) => resolve({ code, signal }));
  });
}

export interface Drainer {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** It has opened the store; never, when it is killed before. */
  readonly draining: Promise<void>;
  /** What it said on standard error. */
  complaints(): string;
}

export function startDrainer({ env }: Testbed, extra: NodeJS.ProcessEnv = {}): Drainer {
  const child = spawn(process.execPath, [drainerProgram], {
    env: { ...env, ...extra },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return {
    child,
    ended: ended(child),
    draining: new Promise((resolve) => void child.stdout.once("data", () => resolve())),
    complaints: () => said,
  };
}

/** Empties the spool to the last file. */
export async function drainAll(bed: Testbed, extra: NodeJS.ProcessEnv = {}): Promise<void> {
  const drainer = startDrainer(bed, extra);
  await Promise.race([drainer.draining, drainer.ended]);
  drainer.child.kill("SIGTERM");
  const { code, signal } = await drainer.ended;
  if (code !== 0) throw new Error(`draining ended with ${code ?? signal}: ${drainer.complaints()}`);
}

/** Numbers on the writers' lists of one kind. */
export function numbersIn({ lists }: Testbed, list: "sent" | "ok"): ReadonlySet<string> {
  const names = readdirSync(lists).filter((name) => name.endsWith(`.${list}`));
  return new Set(names.flatMap((name) => readFileSync(join(lists, name), "utf8").split("\n").filter(Boolean)));
}

/** How often each numbered event is stored. What a power cut left of a file, kept as a problem, is no event. */
export function storedNumbers(database: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  if (!existsSync(database)) return counts;
  read(database, (db) => {
    const rows = db.prepare<[], BodyPlace>(
      `SELECT ${BODY_COLUMNS} FROM events e WHERE e.source IN ('hook', 'clew') AND e.type <> 'problem'`,
    );
    for (const row of rows.iterate()) {
      const n = numberIn(eventBody(db, row));
      if (n) counts.set(n, (counts.get(n) ?? 0) + 1);
    }
  });
  return counts;
}

/** An event's number; null for a body that has none, or is cut off. */
export function numberIn(body: Buffer): string | null {
  return /"n":"([a-z]+[0-9]*-[0-9]+)"/.exec(body.toString("latin1"))?.[1] ?? null;
}

/** Everything that SQLite and the schema can say about whether the database is whole; empty when it is. */
export function damage(database: string): readonly string[] {
  return read(database, (db) => {
    const found: string[] = [];
    const check = db.pragma("quick_check", { simple: true });
    if (check !== "ok") found.push(`quick_check: ${String(check)}`);
    if ((db.pragma("foreign_key_check") as unknown[]).length > 0) found.push("foreign_key_check");
    const { events, numbers } = db
      .prepare("SELECT count(*) AS events, coalesce(max(seq) - min(seq) + 1, 0) AS numbers FROM events")
      .get() as { events: number; numbers: number };
    if (events !== numbers) found.push(`${events} events have sequence numbers for ${numbers}`);
    return found;
  });
}

export function read<Result>(database: string, question: (db: Database) => Result): Result {
  const db = openReader(database);
  try {
    return question(db);
  } finally {
    db.close();
  }
}

export interface Verdict {
  readonly sent: number;
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly neverSent: readonly string[];
}

/** Compares what was acknowledged with what is stored. */
export function judge(bed: Testbed): Verdict {
  const sent = numbersIn(bed, "sent");
  const acknowledged = numbersIn(bed, "ok");
  const stored = storedNumbers(bed.database);
  return {
    sent: sent.size,
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((n) => !stored.has(n)),
    twice: [...stored].filter(([, count]) => count > 1).map(([n]) => n),
    neverSent: [...stored.keys()].filter((n) => !sent.has(n)),
  };
}
