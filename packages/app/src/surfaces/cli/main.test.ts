import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_NOW, type TestDatabase, testDatabase } from "../../query/testing.ts";
import { COMMANDS, type CommandName } from "./commands.ts";
import { textWidth } from "./render/width.ts";
import { type Ran, run as runIn } from "./testing.ts";

let base: TestDatabase;
let empty: string;
const EVIL = "\u001b]0;owned\u0007\u202e\u009b31m Fix\nthe lock";

beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), "clew-cli-"));
  base = testDatabase();
  base.session("aaaa-lock", {
    title: EVIL,
    git_branch: "\u001b[2J",
    models: '["claude-opus-4-5"]',
    responses: 1,
    inclusive_cost_micros: 1_500_000,
    cost_micros: 1_000_000,
    ended_at: TEST_NOW - 1000,
  });
  base.session("aaaa-lock.agent1", {
    parent_session_id: "aaaa-lock",
    agent_type: "Explore",
    agent_description: EVIL,
    cost_micros: 500_000,
    inclusive_cost_micros: 500_000,
  });
  base.session("aabb-docs", { project: "docs", title: "Write docs" });
  const event = base.event("aaaa-lock", { text: `say ${EVIL} again`, eventId: "answer" });
  base.event("aaaa-lock", { body: "{broken \u001b[31m", type: "problem", eventId: "bad" });
  base.insert("problems", {
    event_id: "bad",
    session_id: "aaaa-lock",
    source_offset: 10,
    reason: "invalid_json",
    message: `no JSON ${EVIL}`,
  });
  base.response("aaaa-lock", {
    response_id: "msg_1|req_1",
    message_id: "msg_1",
    request_id: "req_1",
    event_id: "answer",
    cost_micros: 1_000_000,
    input_tokens: 5,
    output_tokens: 7,
    price_version: "list:model@2026-01-01",
  });
  base.insert("tool_calls", {
    tool_use_id: "t1",
    session_id: "aaaa-lock",
    name: "Bash",
    tool: "Bash",
    status: "failed",
    duration_ms: 1200,
    summary: EVIL,
    error: EVIL,
    call_event_id: "answer",
  });
  base.insert("session_facts", { session_id: "aaaa-lock", kind: "file", key: `/tmp/${EVIL}`, event_id: "answer" });
  base.insert("turns", { event_id: "answer", session_id: "aaaa-lock", text: EVIL });
  expect(event).toBeGreaterThan(0);
});
afterAll(() => {
  base.close();
  rmSync(empty, { recursive: true, force: true });
});

const run = (words: readonly string[], more: Partial<Parameters<typeof runIn>[1]> = {}): Promise<Ran> =>
  runIn(words, { home: dirname(base.path), ...more });

const READING: readonly (readonly string[])[] = [
  ["sessions"],
  ["sessions", "--all"],
  ["show", "aaaa-lock"],
  ["show", "aaaa-lock", "--transcript", "--full"],
  ["tree", "aaaa-lock"],
  ["active"],
  ["search", "say"],
  ["cost"],
  ["cost", "--by", "session"],
  ["cost", "--by", "day"],
  ["cost", "--why", "msg_1"],
  ["tools"],
  ["stats"],
  ["tail", "--no-follow"],
  ["doctor"],
  ["sql", "SELECT title FROM sessions"],
];

describe("clew", () => {
  test.each(READING)("%s %s %s never lets foreign text reach the terminal as it is", async (...words) => {
    const { stdout, code } = await run(words.filter(Boolean), { isTerminal: true, columns: 100 });
    expect([0, 1]).toContain(code);
    const withoutOwnColours = stdout.replace(/\u001b\[(?:1|2|7|22|27|3[1-6]|39)m/gu, "");
    expect(withoutOwnColours).toMatch(/^(?:\n|\t|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}])*$/u);
    expect(withoutOwnColours).not.toContain("\u001b");
  });

  test.each([40, 80, 200])("tables fit %d columns", async (columns) => {
    for (const words of [
      ["sessions", "--all"],
      ["tree", "aaaa-lock"],
      ["cost", "--by", "session"],
      ["tools"],
      ["stats"],
    ]) {
      const { stdout } = await run(words, { isTerminal: true, columns, env: { NO_COLOR: "1" } });
      for (const line of stdout.split("\n").filter((one) => !one.includes("limit")))
        expect([line, textWidth(line) <= columns]).toEqual([line, true]);
    }
  });

  test("has colours only on a terminal that wants them", async () => {
    expect((await run(["sessions"], { isTerminal: true })).stdout).toContain("\u001b[");
    expect((await run(["sessions"])).stdout).not.toContain("\u001b");
    expect((await run(["sessions"], { isTerminal: true, env: { NO_COLOR: "1" } })).stdout).not.toContain("\u001b");
  });

  test.each(READING.filter(([name]) => name !== "tail"))(
    "%s %s %s prints one JSON document with --json",
    async (...words) => {
      const { stdout, stderr } = await run([...words.filter(Boolean), "--json"]);
      expect(typeof JSON.parse(stdout)).toBe("object");
      expect(stdout.trimEnd().split("\n")).toHaveLength(1);
      expect(stderr).toBe("");
    },
  );

  test("the JSON of lists has the documented fields", async () => {
    const parse = async (...words: string[]) =>
      JSON.parse((await run([...words, "--json"])).stdout) as {
        rows: Record<string, unknown>[];
        [key: string]: unknown;
      };
    const sessions = await parse("sessions");
    expect(sessions.total).toBe(2);
    const names =
      "session_id parent_session_id agent workspace project identity status started_at ended_at duration_s title session_type models responses tool_calls messages input_tokens cost_usd cost_usd_inclusive";
    for (const name of names.split(" ")) expect(sessions.rows[0]).toHaveProperty(name);
    const figures =
      "responses input_tokens output_tokens cache_creation_input_tokens cache_creation_5m_input_tokens cache_creation_1h_input_tokens cache_read_input_tokens cost_usd unpriced_responses output_undercounted";
    for (const by of ["model", "session", "day", "week", "month", "project", "workspace", "agent", "identity"]) {
      const cost = await parse("cost", "--by", by);
      for (const name of [by, ...figures.split(" ")]) expect(cost.rows[0]).toHaveProperty(name);
      for (const name of figures.split(" ")) expect(cost.totals).toHaveProperty(name);
    }
    const search = await parse("search", "say");
    expect(search).toMatchObject({ total: 1 });
    for (const name of "session_id event_id ts kind snippet".split(" ")) expect(search.rows[0]).toHaveProperty(name);
    expect(typeof search.took_ms).toBe("number");
    expect((await parse("tools")).rows[0]).toEqual({
      tool: "Bash",
      mcp_server: null,
      calls: 1,
      failures: 1,
      p50_ms: 1200,
      p95_ms: 1200,
      p99_ms: 1200,
    });
  });

  test("filters by words and by flags alike", async () => {
    const ids = async (...words: string[]) =>
      (JSON.parse((await run(["sessions", ...words, "--json"])).stdout) as { rows: { session_id: string }[] }).rows.map(
        (row) => row.session_id,
      );
    expect(await ids("project:docs")).toEqual(["aabb-docs"]);
    expect(await ids("--project", "docs")).toEqual(["aabb-docs"]);
    expect(await ids("--project=docs", "--since", "7d")).toEqual(["aabb-docs"]);
    expect(await ids("-project:docs")).toEqual(["aaaa-lock"]);
    expect(await ids("-tool:Bash")).toEqual(["aabb-docs"]);
  });

  test.each([
    [["sesions"], 2, "did you mean `clew sessions`?"],
    [["--vresion"], 2, "unknown flag --vresion"],
    [["sessions", "--lmit", "3"], 2, "did you mean --limit?"],
    [["sessions", "--limit"], 2, "--limit needs a value"],
    [["sessions", "--limit", "many"], 2, "whole number"],
    [["sessions", "--json=yes"], 2, "takes no value"],
    [["sessions", "--sort", "newst"], 2, "did you mean newest?"],
    [["sessions", "statsu:failed"], 2, "did you mean status:?"],
    [["sessions", "--since", "someday"], 2, "since: takes a day"],
    [["sessions", "--status", "faild"], 2, "did you mean failed?"],
    [["cost", "--by", "dya"], 2, "did you mean day?"],
    [["cost", "--timezone", "Mars/Base"], 2, "IANA name"],
    [["search"], 2, "needs WORDS"],
    [["search", "project:web"], 2, "needs a word"],
    [["show", "ab"], 2, "at least 4 characters"],
    [["show", "zzzz"], 1, "nothing has the id zzzz: it takes that of a session"],
    [["show", "zzzz", "--transcript"], 1, "an entry (e-…, `clew list`) or a message (m-…, `clew messages`)"],
    [["tree", "one", "two"], 2, "found two"],
    [["sql", "DELETE FROM sessions"], 2, "only SELECT"],
    [["sql", "SELECT absent"], 2, "no such column"],
    [["completion", "bsh"], 2, "did you mean bash?"],
    [["cost", "--why", "nothing"], 1, "no response nothing"],
  ])("%j exits %d and says what to do", async (words, code, message) => {
    const ran = await run(words);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(message);
    expect(ran.stdout).toBe("");
  });

  test("points at the place in a bad filter", async () => {
    const { stderr } = await run(["sessions", "word", "has:eror"]);
    const [, text, pointer] = stderr.split("\n");
    expect(text!.slice(pointer!.indexOf("^"))).toBe("eror");
  });

  test("an ambiguous id is answered with the candidates", async () => {
    base.session("aabb-more", { title: "More" });
    const ran = await run(["show", "aabb"]);
    base.db.prepare("DELETE FROM sessions WHERE session_id = 'aabb-more'").run();
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("aabb-docs");
    expect(ran.stderr).toContain("aabb-more");
  });

  test("before the first index every list is empty, and says what to do next", async () => {
    for (const words of [
      ["sessions"],
      ["active"],
      ["search", "x"],
      ["cost"],
      ["tools"],
      ["stats"],
      ["doctor"],
      ["tail"],
      ["sql", "SELECT 1"],
    ]) {
      const plain = await run(words, { home: empty });
      expect([words, plain.code, plain.stderr]).toEqual([words, 0, ""]);
      expect(plain.stdout).toContain("clew index");
      const json = await run([...words, "--json"], { home: empty });
      expect([words, json.code]).toEqual([words, 0]);
      if (words[0] !== "tail") expect(typeof JSON.parse(json.stdout)).toBe("object");
    }
    expect((await run(["show", "abcd"], { home: empty })).code).toBe(1);
  });

  test("help names every command and every flag", async () => {
    const { stdout } = await run(["--help"]);
    for (const name of Object.keys(COMMANDS) as CommandName[]) {
      expect(stdout).toContain(`  ${name} `);
      const command = await COMMANDS[name].load();
      const own = await run([name, "--help"]);
      expect(own.code).toBe(0);
      for (const flag of Object.keys(command.flags)) expect(own.stdout).toMatch(new RegExp(`--(no-)?${flag}`, "u"));
      // What programs of the agent run speaks their own format.
      if (name !== "hook" && name !== "statusline") expect(command.flags).toHaveProperty("json");
    }
  });

  test.each(["bash", "zsh", "fish"])("completes commands and flags in %s", async (shell) => {
    const { stdout } = await run(["completion", shell]);
    for (const word of ["sessions", "--since", "has:errors", "rebuild"]) expect(stdout).toContain(word);
  });
});
