import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { decodeSpoolRecord } from "../../../base/spool-record.ts";
import { processStart } from "../../../registry/process.ts";
import { openRegistry } from "../../../registry/registry.ts";
import { temporaryDirectory, testEntry } from "../../../registry/testing.ts";
import { acquireWriterLock } from "../../../store/lock.ts";
import { run } from "../testing.ts";
import type { OwnRecord } from "./session/own-record.ts";

const clew = fileURLToPath(new URL("../../../../bin/clew.js", import.meta.url));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let root: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  root = realpathSync(temporaryDirectory("session"));
  const { CLEW_SESSION_ID, CLAUDE_CODE_SESSION_ID, CLEW_PARENT_SESSION_ID, CLEW_IDENTITY, TRACEPARENT, ...rest } =
    process.env;
  env = { ...rest, HOME: root, CLEW_HOME: join(root, "home"), CLEW_RUNTIME_DIR: join(root, "run"), NO_COLOR: "1" };
  mkdirSync(join(root, "home"), { mode: 0o700 });
  mkdirSync(join(root, "project"));
});

/** A script of a shell of its own, in which `clew` is the command. */
function script(text: string, { more = {}, stdin = "", shell = "sh" } = {}): Promise<Ran> {
  const lines = `clew() { "${process.execPath}" "${clew}" "$@"; }\n${text}`;
  return new Promise((resolve) => {
    const child = execFile(
      shell,
      ["-c", lines],
      { cwd: join(root, "project"), env: { ...env, ...more } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin!.on("error", () => {});
    child.stdin!.end(stdin);
  });
}

function spooled(): readonly OwnRecord[] {
  const spool = join(root, "home", "spool");
  let names: readonly string[] = [];
  try {
    names = readdirSync(spool).filter((name) => !name.startsWith("."));
  } catch {
    // Nothing was written.
  }
  return names.flatMap((name) => {
    const record = decodeSpoolRecord(readFileSync(join(spool, name)));
    const body: unknown = record ? JSON.parse(record.body.toString()) : [];
    return (Array.isArray(body) ? body : [body]) as OwnRecord[];
  });
}

/** Runs with the writer's lock held, so that the spool keeps what was recorded. */
async function keeping(
  text: string,
  options: Parameters<typeof script>[1] = {},
): Promise<Ran & { readonly records: readonly OwnRecord[] }> {
  const lock = acquireWriterLock(join(root, "home", "writer.lock"), "index");
  try {
    return { ...(await script(text, options)), records: spooled() };
  } finally {
    lock.release();
  }
}

/** The command in this process, inside a session that its environment names. */
const inside = (words: readonly string[]): Promise<Ran> =>
  run(["session", ...words], {
    home: join(root, "home"),
    env: { CLEW_RUNTIME_DIR: join(root, "run"), CLEW_SESSION_ID: "mine" },
  });

const sessionOf = (record: OwnRecord): string => record.correlation_id.split(":")[1]!;
const typesOf = (records: readonly OwnRecord[]): readonly string[] => records.map(({ type }) => type).sort();

/** Registers a session of this test's own process, as an agent's start would. */
function registerAgent(id: string): void {
  openRegistry({ directory: join(root, "run"), clock: Date.now }).register(
    testEntry(id, {
      pid: process.pid,
      process_started_at: processStart(process.pid),
      workspace_path: join(root, "project"),
      started_at: new Date().toISOString(),
    }),
  );
}

describe("clew session start, event, end", () => {
  it.each(["sh", "bash"])("records a script's session and those inside it, in %s", async (shell) => {
    const { code, stdout, stderr, records } = await keeping(
      `set -e
outer=$(clew session start --name outer --trigger cron --tag a --tag b)
inner=$(clew session start --name inner | cat)
clew session event "in the inner one" --type deploy.done --severity warn --data '{"files": 3}' > /dev/null
clew session end --status failed --result broken > /dev/null
clew session event in the outer one > /dev/null
clew session end > /dev/null
echo "$outer $inner"`,
      { shell },
    );
    expect([code, stderr]).toEqual([0, ""]);
    const [outer, inner] = stdout.trim().split(" ");
    const starts = records.filter(({ type }) => type === "session.start");
    const dataOf = (id: string | undefined) => starts.find((record) => sessionOf(record) === id)?.data;
    expect(dataOf(outer)).toMatchObject({ agent: "script", name: "outer", trigger: "cron", tags: ["a", "b"] });
    expect(dataOf(outer)).not.toHaveProperty("parent_session_id");
    expect(dataOf(inner)).toMatchObject({ name: "inner", parent_session_id: outer });
    const rest = records.filter(({ type }) => type !== "session.start");
    expect(rest.map((record) => [sessionOf(record), record.type, record.message ?? record.data])).toEqual(
      expect.arrayContaining([
        [inner, "deploy.done", "in the inner one"],
        [inner, "session.end", { status: "failed", result: "broken" }],
        [outer, "log", "in the outer one"],
        [outer, "session.end", { status: "completed" }],
      ]),
    );
    expect(rest).toHaveLength(4);
    expect(readdirSync(join(root, "run", "sessions"))).toEqual([]);
  });

  it("is in the database at once when nobody else writes", async () => {
    const { code, stdout } = await script(
      `id=$(clew session start --name nightly); clew session event hello >/dev/null; clew session end --summary done >/dev/null; clew show "$id" --json`,
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { session: { agent: "script", status: "completed", title: "nightly" } },
    ]);
    expect(readdirSync(join(root, "home", "spool"))).toEqual([]);
  });

  it("exports what puts children into the session", async () => {
    const { stdout } = await script(
      `eval "$(clew session start --export)"
echo "$CLEW_SESSION_ID $CLEW_PARENT_SESSION_ID $CLEW_CORRELATION_ID $TRACEPARENT"
env -i PATH="$PATH" HOME="$HOME" CLEW_HOME="$CLEW_HOME" CLEW_RUNTIME_DIR="$CLEW_RUNTIME_DIR" CLEW_SESSION_ID="$CLEW_SESSION_ID" "${process.execPath}" "${clew}" session which --json`,
      { more: { CLEW_SESSION_ID: "top" } },
    );
    const [line, which] = stdout.trim().split("\n");
    const [id, parent, correlation, trace] = line!.split(" ");
    expect([parent, correlation?.split(":")[1]]).toEqual(["top", id]);
    expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(JSON.parse(which!)).toMatchObject({
      kind: "found",
      by: "environment",
      session_id: id,
      parent_session_id: "top",
    });
  });

  it("takes the parent that it is given, and for an agent's child the agent", async () => {
    registerAgent("agent-1");
    const { stdout } = await script(
      `first=$(clew session start); clew session end "$first" >/dev/null
clew session start --json; clew session start --json --parent agent-1; clew session start --json --parent else-where
clew session start --json --parent "$first" | sed "s/$first/first/"`,
      { more: { CLEW_SESSION_ID: "else-where" } },
    );
    const parents = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { parent_session_id: unknown }).parent_session_id);
    // Around it, in the registry, in the environment, and in the database alone.
    expect(parents).toEqual(["else-where", "agent-1", "else-where", "first"]);
  });

  it("refuses a parent that nothing knows, with a database and without, and makes no session of it", async () => {
    const sentence = "--parent nope is no session that is known";
    const refused = { code: 2, stdout: "", stderr: expect.stringContaining(sentence) };
    expect(await script("clew session start --parent nope")).toMatchObject(refused);
    expect([readdirSync(join(root, "home")), spooled()]).toEqual([[], []]);
    expect((await script("clew session start && clew session end")).code).toBe(0);
    expect(await script("clew session start --parent nope")).toMatchObject(refused);
    expect(await script("clew show nope")).toMatchObject({ code: 1 });
    expect(readdirSync(join(root, "run", "sessions"))).toEqual([]);
  });

  it("does not end an agent's session, and keeps its report", async () => {
    registerAgent("agent-1");
    const report = {
      summary: "Fixed\u001b[2J the lock",
      tasks_completed: ["one"],
      learnings: [],
      focus: "release",
      todos: ["a", { text: "b", status: "in_progress" }],
    };
    const { code, stdout, records } = await keeping("clew session end --report - --task two --next 'tag it'", {
      stdin: JSON.stringify(report),
    });
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("its report is recorded; it goes on until its agent ends"),
    ]);
    expect(typesOf(records)).toEqual(["session.outcome", "session.state"]);
    expect(records.map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { summary: "Fixed[2J the lock", tasks_completed: ["one", "two"], learnings: [] },
        {
          focus: "release",
          next_steps: ["tag it"],
          todos: [
            { text: "a", status: "pending" },
            { text: "b", status: "in_progress" },
          ],
        },
      ]),
    );
    for (const words of ["", "--status failed --summary x", "--result x"]) {
      const refused = await script(`clew session end ${words}`);
      expect([words, refused.code, refused.stderr]).toEqual([words, 2, expect.stringContaining("claude-code's own")]);
    }
    expect(openRegistry({ directory: join(root, "run"), clock: Date.now }).find("agent-1")).not.toBeNull();
  });

  it.each([
    ["no JSON", "{x", "is not JSON"],
    ["a list", "[]", "is not a JSON object"],
    ["an unknown field", '{"sumary": "x"}', "unknown field sumary"],
    ["a wrong type", '{"learnings": "x"}', "learnings of the report is no list of texts"],
    ["a wrong item", '{"decisions": [1]}', "decisions of the report is no list of texts"],
    ["a wrong status", '{"todos": [{"text": "x", "status": "maybe"}]}', "todos of the report, item 1"],
    ["an empty text", '{"summary": "\\u0007"}', "summary of the report is empty"],
    [
      "too many items",
      JSON.stringify({ files: Array(51).fill("x") }),
      "files of the report has 51 items; 50 is the most",
    ],
    [
      "a long item",
      JSON.stringify({ files: ["x".repeat(501)] }),
      "files of the report, item 1 is longer than 500 characters",
    ],
    ["too many bytes", JSON.stringify({ summary: "x".repeat(70_000) }), "larger than 64 KB"],
  ])("refuses a report with %s in one sentence, and writes nothing", async (_, report, sentence) => {
    const path = join(root, "report.json");
    writeFileSync(path, report);
    const { code, stdout, stderr } = await inside(["end", "--report", path]);
    expect([code, stdout, stderr.trim().split("\n").length]).toEqual([2, "", 1]);
    expect(stderr).toContain(sentence);
    expect(spooled()).toEqual([]);
  });

  it("refuses what it does not understand", async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [[], "needs"],
      [["sart"], "did you mean `clew session start`?"],
      [["which", "x"], "takes no more words"],
      [["end", "a", "b"], "takes one session"],
      [["which", "--name", "x"], "--name does not go with"],
      [["start", "--json", "--export"], "either"],
      [["start", "--tag", ""], "is empty"],
      [["start", "--parent", "a b"], "no session id"],
      [["event"], "needs a message"],
      [["event", "x", "--type", "A B"], "--type"],
      [["event", "x", "--type", "session.end"], "Clew's own"],
      [["event", "x", "--type", "change"], "Clew's own"],
      [["event", "x", "--type", "inbox.seen"], "Clew's own"],
      [["event", "x", "--type", "usage.imported"], "Clew's own"],
      [["event", "x", "--severity", "loud"], "--severity"],
      [["event", "x", "--data", "[1]"], "not a JSON object"],
      [["end", "--status", "done"], "--status"],
      [["end", "--report", "/no/such/file"], "cannot be read"],
    ];
    for (const [words, sentence] of wrong) {
      const { code, stderr } = await inside(words);
      expect([words, code, stderr]).toEqual([words, 2, expect.stringContaining(sentence)]);
    }
    expect(spooled()).toEqual([]);
    expect(await inside(["event", "x", "--session", "nothing"])).toMatchObject({ code: 1 });
    expect(await script("clew session event x")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no session that is known"),
    });
  });
});

describe("clew session which, list", () => {
  it("says unknown and why, ambiguous and between whom, and exits 1 for both", async () => {
    const unknown = await script("clew session which");
    expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringContaining("CLEW_SESSION_ID is not set")]);
    const registry = openRegistry({ directory: join(root, "run"), clock: Date.now });
    const sleepers = await script("(sleep 20 >/dev/null 2>&1 & echo $!); (sleep 20 >/dev/null 2>&1 & echo $!)");
    const pids = sleepers.stdout.trim().split("\n").map(Number);
    try {
      for (const pid of pids)
        registry.register(
          testEntry(`s${pid}`, {
            pid,
            process_started_at: processStart(pid),
            workspace_path: join(root, "project"),
            started_at: new Date().toISOString(),
          }),
        );
      const ambiguous = await script("clew session which --json");
      expect([ambiguous.code, JSON.parse(ambiguous.stdout)]).toMatchObject([1, { kind: "ambiguous", by: "directory" }]);
      const event = await script("clew session event x");
      expect([event.code, event.stderr]).toEqual([2, expect.stringContaining(`s${pids[0]}`)]);
      const named = await script(`clew session event x --session s${pids[1]} --json`);
      expect(JSON.parse(named.stdout)).toMatchObject({ session_id: `s${pids[1]}`, why: "it was named", type: "log" });
      const list = await script("clew session list --json");
      expect(JSON.parse(list.stdout)).toMatchObject({
        total: 2,
        corrupt: 0,
        problem: null,
        rows: [{ state: "live" }, { state: "live" }],
      });
    } finally {
      for (const pid of pids) process.kill(pid, "SIGKILL");
    }
    await expect.poll(async () => (await script("clew session list")).stdout).toMatch(/stale[\s\S]*stale/);
  });

  it("names a registry that is not believed", async () => {
    writeFileSync(join(root, "run"), "");
    const list = await script("clew session list");
    expect([list.code, list.stderr]).toEqual([1, expect.stringContaining("is not a directory")]);
    const start = await script("clew session start");
    expect([start.code, start.stdout.trim(), start.stderr]).toEqual([
      0,
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringContaining("is not a directory"),
    ]);
  });
});
