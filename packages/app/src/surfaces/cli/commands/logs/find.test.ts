import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TRACE, testTelemetry, uncorrelatedSession } from "../../../../query/log-testing.ts";
import { HOUR, TEST_NOW, type TestDatabase, testDatabase } from "../../../../query/testing.ts";
import { textWidth } from "../../render/width.ts";
import { type Ran, type RunOptions, run as runIn } from "../../testing.ts";

const EVIL = "\u001b]0;owned\u0007\u202e\u009b31m\nsecond line\r";
const at = (seconds: number): number => TEST_NOW - HOUR + seconds * 1000;

let base: TestDatabase;
let home: string;
let empty: string;
const run = (words: readonly string[], options: Partial<RunOptions> = {}): Promise<Ran> =>
  runIn(words, { home, ...options });
beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), "clew-logs-"));
  base = testDatabase();
  home = dirname(base.path);
  const told = testTelemetry(base);
  uncorrelatedSession(base);
  base.session("aaaa-agent", { title: "Start the service", started_at: at(0), ended_at: at(100) });
  base.session("bbbb-request", {
    agent: "script",
    parent_session_id: "aaaa-agent",
    root_session_id: "bbbb-request",
    started_at: at(1),
    ended_at: at(20),
  });
  base.session("cccc-other", { project: "api", agent: "script" });
  told.toolCall("toolu_0001", { session_id: "aaaa-agent", started_at: at(0), ended_at: at(50), summary: EVIL });
  told.line({
    session: "bbbb-request",
    ts: at(2),
    eventId: "line-0001",
    message: `hostile ${EVIL}`,
    service: EVIL,
    logger: "http",
  });
  told.line({
    session: "bbbb-request",
    ts: at(4),
    eventId: "line-0002",
    message: "database is locked",
    level: "error",
    service: "web",
  });
  told.line({ session: "bbbb-request", ts: at(6), eventId: "line-0003", message: "done", service: "web" });
  told.line({ session: "cccc-other", ts: at(8), eventId: "line-0004", message: "elsewhere" });
  told.line({ ts: at(10), eventId: "line-0005", message: "nobody's", level: "warn", traceId: TRACE });
  told.modelCall("interaction:bbbb-request:1:0", {
    session_id: "bbbb-request",
    ts: at(3),
    duration_ms: 2500,
    provider: "openai",
    model: EVIL,
    interaction: JSON.stringify({ file: "/logs/s.jsonl", number: 1 }),
    error: EVIL,
  });
});
afterAll(() => {
  base.close();
  rmSync(empty, { recursive: true, force: true });
});

const ids = async (...words: string[]): Promise<string[]> => {
  const { stdout } = await run(["logs", "find", ...words, "--json"]);
  return (JSON.parse(stdout) as { rows: { event_id: string }[] }).rows.map((row) => row.event_id.slice(-1));
};

describe("clew logs find", () => {
  test("lists the newest lines, or those of a session, level, service, trace, call, time", async () => {
    expect(await ids()).toEqual(["5", "4", "3", "2", "1"]);
    expect(await ids("--session", "aaaa")).toEqual(["3", "2", "1"]);
    expect(await ids("--session", "aaaa", "--alone")).toEqual([]);
    expect(await ids("--level", "error", "--level", "WARN")).toEqual(["5", "2"]);
    expect(await ids("--level", "error,warn", "--service=web")).toEqual(["2"]);
    expect(await ids("--logger", "http")).toEqual(["1"]);
    expect(await ids("--uncorrelated")).toEqual(["5"]);
    expect(await ids("--trace", TRACE.toUpperCase())).toEqual(["5"]);
    expect(await ids("--tool", "toolu_0001")).toEqual(["3", "2", "1"]);
    expect(await ids("--since", "1h", "--until", new Date(at(5)).toISOString(), "--oldest")).toEqual(["1", "2"]);
    expect(await ids("database", "locked")).toEqual(["2"]);
    expect(await ids("-n", "2")).toEqual(["5", "4"]);
    expect(await ids("--limit", "all")).toHaveLength(5);
    expect(await ids("--trace", TRACE.slice(0, 8))).toEqual(["5"]);
    expect(await ids("--tool", "toolu_00")).toEqual(["3", "2", "1"]);
    const { next } = JSON.parse((await run(["logs", "find", "-n", "2", "--json"])).stdout) as { next: string };
    expect(await ids("-n", "2", "--cursor", next)).toEqual(["3", "2"]);
  });

  test("shows each line on one line that fits, its level in colour, and never foreign text as it is", async () => {
    for (const words of [
      ["logs", "find"],
      ["logs", "find", "-C", "2"],
      ["show", "aaaa", "--logs"],
      ["show", "line-0001", "--logs"],
      ["show", "bbbb-request:1", "--logs"],
      ["show", "toolu_0001", "--logs"],
      ["tail", "aaaa", "--no-follow"],
    ])
      for (const columns of [50, 120]) {
        const { stdout, stderr, code } = await run(words, { isTerminal: true, columns });
        expect([words, code, stderr]).toEqual([words, 0, ""]);
        const plain = stdout.replace(/\u001b\[(?:1|2|7|22|27|3[1-6]|39)m/gu, "");
        expect(plain).toMatch(/^(?:\n|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}])*$/u);
        const lines = plain.split("\n").filter((line) => /^(?:> | {2})\d|second line/u.test(line));
        expect(lines.length).toBeGreaterThan(0);
        if (columns === 120) for (const line of lines) expect([line, textWidth(line) <= columns]).toEqual([line, true]);
      }
    expect((await run(["logs", "find"], { isTerminal: true, env: { NO_COLOR: "1" } })).stdout).not.toContain("\u001b");
    expect((await run(["logs", "find", "--level", "error"], { isTerminal: true })).stdout).toContain("\u001b[31mERROR");
  });

  test("shows each line's own id where there is room, and one that leads on", async () => {
    const wide = await run(["logs", "find", "locked"], { columns: 140 });
    expect(wide.stdout.split("\n")[0]).toContain("line-0002");
    const hint = /clew (show \S+ --logs)/u.exec(wide.stdout)?.[1]?.split(" ") ?? [];
    expect((await run(hint)).code).toBe(0);
    expect((await run(["logs", "find", "locked"], { columns: 80 })).stdout.split("\n")[0]).not.toContain("line-0002");
    expect(wide.stdout).toContain("1 line, in");
  });

  test("shows lines around each hit, the hit marked", async () => {
    const { stdout } = await run(["logs", "find", "locked", "--context", "1"]);
    expect(
      stdout
        .split("\n")
        .slice(0, 3)
        .map((line) => line.slice(0, 2)),
    ).toEqual(["  ", "> ", "  "]);
    const json = JSON.parse((await run(["logs", "find", "locked", "-C", "1", "--json"])).stdout) as {
      contexts: unknown[];
    };
    expect(json.contexts).toMatchObject([{ event_id: "line-0002", by: "session", at: 1 }]);
  });

  test("a workspace reads its own sessions, others' only on purpose", async () => {
    expect(await ids("--workspace", "api")).toEqual(["4"]);
    const own = { env: { CLEW_WORKSPACE: "w-web" } };
    const rows = JSON.parse((await run(["logs", "find", "--json"], own)).stdout) as { rows: unknown[] };
    expect(rows.rows).toHaveLength(3);
    const refused = await run(["logs", "find", "--session", "cccc-other"], own);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("belongs to another workspace")]);
    expect((await run(["logs", "find", "--session", "cccc-other", "--all-workspaces"], own)).stdout).toContain(
      "elsewhere",
    );
    expect((await run(["logs", "find", "--uncorrelated"], own)).stdout).toContain("nobody's");
  });

  test.each([
    [["logs", "find", "--level", "eror"], 2, "did you mean error?"],
    [["logs", "find", "--since", "someday"], 2, "--since takes a day"],
    [["logs", "find", "--cursor", "x"], 2, "none of ours"],
    [["logs", "find", "--limit", "0"], 2, "at least 1"],
    [["logs", "find", "--session", "zzzz"], 1, "no session zzzz"],
    [["logs", "find", "--workspace", "mars"], 1, "no workspace mars"],
    [["logs", "find", "--quiet"], 2, "--quiet does not go with"],
    [["logs", "find", "--alone"], 2, "--alone goes with --session"],
    [["logs", "find", "--uncorrelated", "--session", "aaaa"], 2, "belong to no session"],
    [["logs", "find", "--since", "2026-03-10", "--until", "2026-03-08"], 2, "--since is after --until"],
    [["logs", "find", "--trace", "ffffffff"], 1, "no trace has this id"],
    [["logs", "find", "--tool", "nothing"], 1, "no tool call has this id"],
    [["show", "line-0002"], 1, "it is a log line: `clew show line-0002 --logs` shows it"],
    [["show", "toolu_0001"], 1, "it is a tool call"],
    [["logs", "fnd"], 2, "did you mean `clew logs find`?"],
    [["show", "nothing-here", "--logs"], 1, "nothing has the id nothing-here"],
    [["show", "line-00", "--logs"], 2, "could be several"],
    [["show", "aaaa", "--logs", "--after", "x"], 2, "takes the cursor"],
  ])("%j exits %d and says what to do", async (words, code, message) => {
    const ran = await run(words);
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).toContain(message);
  });

  test("where there is nothing, it says what to do next", async () => {
    const none = await run(["logs", "find"], { home: empty });
    expect([none.code, none.stdout]).toEqual([0, expect.stringContaining("clew index")]);
    expect(JSON.parse((await run(["logs", "find", "--json"], { home: empty })).stdout)).toMatchObject({
      rows: [],
      total: 0,
    });
    const said = async (...words: string[]) => (await run(["logs", "find", ...words])).stdout;
    // Advice that would find nothing more is left out.
    expect(await said("absent-word")).toBe("No line found.\n");
    expect(await said("absent-word", "--uncorrelated")).toBe("No line found.\n");
    expect(await said("absent-word", "--session", "aaaa")).toContain("--uncorrelated");
    expect(await said("absent-word", "--session", "aaaa")).not.toContain("--all-workspaces");
    expect(await said("absent-word", "--workspace", "api")).toContain("--all-workspaces");
    expect(await said("level:error")).toContain("--level error");
    const bare = testDatabase();
    try {
      expect((await run(["logs", "find"], { home: dirname(bare.path) })).stdout).toContain("clew logs add");
    } finally {
      bare.close();
    }
  });
});

describe("clew show ID --logs", () => {
  const shown = async (...words: string[]) =>
    JSON.parse((await run(["show", ...words, "--logs", "--json"])).stdout) as {
      found: { kind: string };
      calls: { call_key: string }[];
      lines: { event_id: string }[];
      timeline: { rows: { source: string }[] } | null;
    };

  test("leads from a line to its call and from the call to its lines by one command each", async () => {
    const line = await shown("line-0002");
    expect(line.calls.map((call) => call.call_key)).toEqual(["interaction:bbbb-request:1:0"]);
    const call = await shown(line.calls[0]!.call_key);
    expect(call.lines.map((row) => row.event_id)).toEqual(["line-0001", "line-0002", "line-0003"]);
    const { stdout } = await run(["show", "line-0002", "--logs"]);
    expect(stdout).toContain("clew show interaction:bbbb-request:1:0 --logs");
    expect(stdout).toContain("clew show bbbb-request --logs");
  });

  test("a session's calls and lines stand interleaved, with everything below it", async () => {
    const { timeline } = await shown("aaaa");
    expect(timeline?.rows.map((row) => row.source)).toEqual(["log", "llm", "log", "log"]);
    const all = await shown("aaaa", "--transcript");
    expect(all.timeline?.rows.map((row) => row.source)).toEqual(["transcript", "log", "llm", "log", "log"]);
    const last = await run(["show", "aaaa", "--logs", "--last", "--limit", "1"]);
    expect(last.stdout).toContain("done");
    const first = await run(["show", "aaaa", "--logs", "--limit", "1"]);
    const cursor = /--after (\S+)/u.exec(first.stdout)?.[1];
    expect((await run(["show", "aaaa", "--logs", "--limit", "1", "--after", cursor!])).stdout).toContain("LLM");
  });
});

describe("clew tail ID", () => {
  test("begins with the newest of the session and what is below it; any other word is a filter", async () => {
    const { stdout } = await run(["tail", "aaaa-agent", "--no-follow", "-n", "2"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(stdout).toContain("done");
    expect(stdout).not.toContain("elsewhere");
    const json = await run(["tail", "bbbb", "--no-follow", "-n", "1", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ event_id: "line-0003", session_id: "bbbb-request" });
    expect((await run(["tail", "no-such-word", "--no-follow"])).code).toBe(0);
  });
});
