/** @module What Clew's hooks catch of a real client: every call once, in the right session, of the right identity, joined with the transcript. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DoctorAnswer } from "../../packages/app/src/query/doctor.ts";
import { bareEnvironment, clew } from "../command.ts";
import { API_KEY, type Driven, drive } from "./drive.ts";
import { scenarios } from "./scenarios.ts";

const client = process.env.CLEW_CLIENT ?? "";

function environmentOf({ home, config }: Driven): NodeJS.ProcessEnv {
  return bareEnvironment({
    HOME: home,
    CLAUDE_CONFIG_DIR: config,
    CLEW_HOME: join(home, "clew"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLEW_NO_DAEMON: "1",
  });
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await clew(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  return stdout;
}

async function rows<Row>(sql: string, env: NodeJS.ProcessEnv): Promise<readonly Row[]> {
  return (JSON.parse(await run(["sql", sql, "--json"], env)) as { readonly rows: readonly Row[] }).rows;
}

interface CallRow {
  readonly tool_use_id: string;
  readonly session_id: string;
  readonly status: string;
  readonly sources: string | null;
  readonly mcp_server: string | null;
}

/** Everything below a directory, read as bytes: to look for what must not be there. */
function holds(directory: string, text: string): boolean {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text));
}

describe.each(["plugin", "setup"] as const)("with hooks by %s", (hooks) => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    { timeout: 120_000 },
    async (_, scenario) => {
      const driven = await drive(client, scenario, { hooks });
      expect(driven.errors).toBe("");
      const env = environmentOf(driven);
      await run(["index"], env);

      // Each session that the client ran is there with its identity, its end, and nothing is unknown.
      const sessions = await rows<{
        session_id: string;
        parent_session_id: string | null;
        identity_id: string;
        status: string;
        activity: string | null;
        agent_description: string | null;
      }>("SELECT session_id, parent_session_id, identity_id, status, activity, agent_description FROM sessions", env);
      const roots = sessions.filter((session) => session.parent_session_id === null);
      expect(new Set(roots.map((session) => session.session_id))).toEqual(new Set(driven.sessionIds));
      expect(new Set(sessions.map((session) => session.identity_id))).toEqual(new Set(["claude-code@project"]));
      expect(new Set(sessions.map((session) => session.activity))).toEqual(new Set(["ended"]));
      const failed = scenario.runs.at(-1)?.fails === true;
      expect(roots.every((session) => session.status === (failed ? "failed" : "completed"))).toBe(true);

      // Every tool call that the API asked for is one row, in the session of its conversation, told by hook and transcript.
      const sessionOf = new Map<string, string>();
      for (const [name, caller] of Object.entries(scenario.subagents)) {
        const row = sessions.find((session) => session.agent_description === `Helper ${name}`);
        sessionOf.set(name, row?.session_id ?? "none");
        expect(row?.parent_session_id).toBe(caller === null ? driven.sessionIds[0] : sessionOf.get(caller));
      }
      for (const [index, { prompt }] of scenario.runs.entries()) {
        for (const [, name = ""] of prompt.matchAll(/\[\[([a-z-]+)\]\]/g))
          sessionOf.set(name, driven.sessionIds[index]!);
      }
      const expected = [...driven.calls].flatMap(([conversation, ids]) =>
        ids.map((id) => [id, sessionOf.get(conversation)] as const),
      );
      const calls = await rows<CallRow>(
        "SELECT tool_use_id, session_id, status, sources, mcp_server FROM tool_calls",
        env,
      );
      expect(new Map(calls.map((call) => [call.tool_use_id, call.session_id]))).toEqual(new Map(expected));
      for (const call of calls) {
        expect(JSON.parse(call.sources ?? "null")).toMatchObject({
          call: "transcript",
          result: "transcript",
          timing: "hook",
        });
      }
      const { failed: failures, denied } = scenario.endings ?? { failed: 0, denied: 0 };
      expect(calls.filter((call) => call.status === "failed")).toHaveLength(failures);
      expect(calls.filter((call) => call.status === "denied")).toHaveLength(denied);
      expect(calls.filter((call) => call.status === "pending")).toEqual([]);
      expect(calls.filter((call) => call.mcp_server === "echo")).toHaveLength(scenario.mcp ? 2 : 0);

      // One turn a prompt, however often it is told.
      const [turns] = await rows<{ turns: number; joined: number; alone: number }>(
        "SELECT count(*) AS turns, count(hook_event_id) AS joined, coalesce(sum(hook_event_id = event_id), 0) AS alone FROM turns",
        env,
      );
      expect(turns).toMatchObject({ joined: turns?.turns, alone: 0 });

      const doctor = JSON.parse((await clew(["doctor", "--json"], env)).stdout) as DoctorAnswer;
      expect(doctor.data_quality).toEqual({
        sessions_without_identity: 0,
        sessions_without_person: 0,
        sessions_without_workspace: 0,
        agents_without_parent: 0,
        mcp_calls_without_session: 0,
        orphaned_events: 0,
      });
      expect(doctor.problems.total).toBe(0);
      expect(doctor.spool).toEqual({ lost: 0, torn: 0 });

      // The environment of the hooks holds tokens: nothing of it may get anywhere.
      expect(holds(join(driven.home, "clew"), API_KEY)).toBe(false);
    },
  );
});

describe("what one session leaves to the next", () => {
  const report = JSON.stringify({
    summary: "Glazed the pots.",
    tasks_completed: ["glaze"],
    focus: "the kiln's thermostat",
    next_steps: ["fire at cone six"],
  });
  const scenario = {
    name: "two sessions",
    runs: [{ prompt: "Report, then stop. [[main]]" }, { prompt: "Begin anew. [[second]]" }],
    script: {
      main: [
        [
          {
            tool: "Bash",
            input: {
              command: `printf '%s' '${report.replaceAll("'", "'\\''")}' | clew session end --report -`,
              description: "Report",
            },
          },
          {
            tool: "Bash",
            input: { command: 'echo "env: $CLEW_SESSION_ID $CLEW_CORRELATION_ID $TRACEPARENT"', description: "Show" },
          },
          {
            tool: "Bash",
            input: { command: "clew run -- sh -c 'echo from the child; exit 3'", description: "Run a child" },
          },
        ],
        [{ text: "Done." }],
      ],
      second: [[{ text: "Done." }]],
    },
    subagents: {},
  };

  test.each(["plugin", "setup"] as const)(
    "is in what the client sends next, with hooks by %s",
    { timeout: 120_000 },
    async (hooks) => {
      // The first session's start brings up the daemon, which takes in its end before the second one begins.
      const driven = await drive(client, scenario, { hooks, env: { CLEW_NO_DAEMON: "" } });
      const [first = "", second = ""] = driven.sessionIds;
      const env = environmentOf(driven);
      await run(["daemon", "stop"], env);
      const sent = driven.requests.filter((body) => body.includes("[[second]]")).join("\n");
      // The requests hold the client's own prompts: a failure prints what is missing, not them.
      const wanted = ["<clew-context", "Glazed the pots.", "the kiln's thermostat", "fire at cone six"];
      expect(wanted.filter((text) => !sent.includes(text))).toEqual([]);

      // What a session's children are told: who they belong to.
      const told = new RegExp(`env: ${first} [0-9a-f]{16}:${first} 00-[0-9a-f]{32}-[0-9a-f]{16}-01`);
      expect(driven.requests.some((body) => told.test(body))).toBe(true);

      await run(["index"], env);
      const children = await rows<{ parent_session_id: string; status: string; agent: string }>(
        "SELECT parent_session_id, status, agent FROM sessions WHERE parent_session_id IS NOT NULL",
        env,
      );
      expect(children).toEqual([{ parent_session_id: first, status: "failed", agent: "command" }]);

      // It is recorded as given, and found by nobody who searches for what was said in the second session.
      const injected = await rows<{ session_id: string; text: string }>(
        "SELECT session_id, text FROM injected_contexts",
        env,
      );
      expect(injected.map((row) => row.session_id)).toContain(second);
      const found = JSON.parse(await run(["search", "thermostat", "--json"], env)) as {
        rows: { session_id: string }[];
      };
      expect(found.rows.filter((row) => row.session_id === second)).toEqual([]);
    },
  );
});
