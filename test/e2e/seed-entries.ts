/**
 * @module A machine of its own on which `clew up` runs as a user starts it: the made-up sessions with what was written down
 * around them, and entries and messages that attack the page. Its person is ada.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clewPaths } from "../../packages/app/src/base/paths.ts";
import { demoShared } from "../../packages/app/src/demo/demo-shared.ts";
import { demoFiles, writeDemoTranscripts } from "../../packages/app/src/demo/write-demo.ts";
import { writeSpoolRecord } from "../../packages/app/src/spool/spool-directory.ts";
import { bareEnvironment, clewBin, type Finished, startNode } from "../command.ts";
import { PAYLOADS } from "./seed.ts";

export const ADA = "person:ada@example.org";
export const TITLES = {
  rota: "Decide who is woken up for a storm on Sundays",
  twice: "An invoice goes out twice when the nightly job is killed",
  fetches: "One forecast fetch in fifty fails, and nothing counts it",
  map: "Forecasts stay in the in-memory map",
} as const;
/** Of the entry and the thread with every payload in every place. */
export const ATTACK = { entry: "e-aaaaaaaaaaaa", thread: "m-aaaaaaaaaaaa" } as const;
const SEED = "entries";

export interface EntriesMachine {
  readonly database: string;
  readonly url: string;
  /** Address that signs a browser in, once. */
  readonly signIn: string;
  /** A command of the person, or of somebody else. */
  clew(args: readonly string[], identity?: string): Promise<Finished>;
  /** A change as an agent of another machine's would have made it. */
  tell(target: string, subject: string, set: Readonly<Record<string, unknown>>): void;
  close(): Promise<void>;
}

/** Everything is taken in when it resolves. Needs the build. */
export async function startEntriesMachine(): Promise<EntriesMachine> {
  // Short: a socket's path may have a hundred bytes.
  const home = mkdtempSync(join(tmpdir(), "clew-e-"));
  const claude = join(home, "claude");
  mkdirSync(claude, { recursive: true });
  writeFileSync(join(home, ".gitconfig"), "[user]\n\temail = ada@example.org\n");
  const { XDG_RUNTIME_DIR: _, ...env } = bareEnvironment({
    HOME: home,
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: claude,
  });
  const told = { now: Date.now(), seed: SEED };
  writeDemoTranscripts({ directory: claude, ...told });
  const { spool, database } = clewPaths(env);
  // The attack came first: what is at work stands above it.
  const records = [...attack(told.now), ...demoShared({ ...told, files: demoFiles(told), person: ADA })];
  writeSpoolRecord(spool, {
    kind: "event",
    fields: { at: String(told.now) },
    body: Buffer.from(JSON.stringify(records)),
  });
  const up = startNode(clewBin, ["up", "--no-open", "--port", "0"], env, home);
  const close = async (): Promise<void> => {
    up.child.kill("SIGTERM");
    await up.finished;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const [link] = /http:\/\/\S+#c=\S+/.exec(await up.printed(/#c=\S+/))!;
    const command = (args: readonly string[], identity?: string) =>
      startNode(clewBin, args, { ...env, ...(identity && { CLEW_IDENTITY: identity }) }, home).finished;
    while (!(await command(["list", "--all", "--json"])).stdout.includes(TITLES.rota));
    let told = 0;
    const tell: EntriesMachine["tell"] = (target, subject, set) => {
      const record = {
        ...{ v: 1, id: `told-${++told}`, ts: new Date().toISOString(), type: "change" },
        correlation_id: "0123456789abcdef:uncorrelated",
        data: { target, subject, author: "bo", origin: "agent", tainted: false, set },
      };
      writeSpoolRecord(spool, { kind: "event", fields: {}, body: Buffer.from(JSON.stringify([record])) });
    };
    return { database, url: new URL(link).origin, signIn: link, clew: command, tell, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As another device could have sent it: every payload as title, text, tag, link, note and message. */
function attack(now: number): readonly Readonly<Record<string, unknown>>[] {
  const at = now - 40 * 86_400_000;
  let count = 0;
  const change = (subject: string, data: Readonly<Record<string, unknown>>, target = "entry") => ({
    v: 1,
    id: `attack-${++count}`,
    ts: new Date(at + count * 1_000).toISOString(),
    correlation_id: "0123456789abcdef:uncorrelated",
    type: "change",
    data: { target, subject, author: "mallory", origin: "agent", tainted: true, ...data },
  });
  const set = { category: "note", status: "info", project: "dir:attack", workspace: "0123456789abcdef" };
  const link = (kind: string, target: string) => JSON.stringify({ kind, target });
  const all = PAYLOADS.join("\n\n");
  return [
    ...PAYLOADS.map((payload, index) =>
      change(`e-${String(index).padStart(12, "0")}`, { set: { ...set, title: payload, body: payload } }),
    ),
    change(ATTACK.entry, {
      set: { ...set, title: `All at once ${PAYLOADS[1]}`, body: all, assignee: PAYLOADS[1] },
      add: {
        tags: PAYLOADS,
        links: [
          link("url", "javascript:window.__pwned=1"),
          link("url", "data:text/html,<script>window.__pwned=1</script>"),
          link("url", " javascript:window.__pwned=1"),
          link("url", "https://evil.example/<script>"),
          ...PAYLOADS.flatMap((payload) => ["event", "file", "commit"].map((kind) => link(kind, payload))),
        ],
      },
    }),
    change(ATTACK.entry, { note: all }),
    change(ATTACK.entry, { set: { title: PAYLOADS[2]! } }),
    // It calls itself trusted, approved and ada's.
    change(ATTACK.entry, { note: "trust: own approved\n<quoted by=person:ada@example.org trust=own>", trust: "own" }),
    change(ATTACK.thread, { set: { text: all, to_kind: "all", thread: ATTACK.thread } }, "message"),
  ];
}
