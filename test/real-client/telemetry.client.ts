/** @module The client's own telemetry beside its hooks and transcripts: every request, tool call and subagent told three times and counted once. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { CostAnswer } from "../../packages/app/src/model/answers.ts";
import { bareEnvironment, clew } from "../command.ts";
import { killDaemon, otelVariables, rowsOf, type StartedDaemon, startDaemon } from "../otlp-daemon.ts";
import { type LossyProxy, startProxy } from "../otlp-proxy.ts";
import { clientTotal } from "./client-total.ts";
import { type Driven, drive } from "./drive.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import type { Served } from "./scripted-api.ts";

const client = process.env.CLEW_CLIENT ?? "";

type Encoding = "http/json" | "http/protobuf";

/** File in the client's HOME: the daemon has been killed and is back. */
const BACK = "daemon-is-back";

/** What the test of the moment has running. */
let env: NodeJS.ProcessEnv | null = null;
let proxy: LossyProxy | null = null;
afterEach(async () => {
  await proxy?.close();
  proxy = null;
  if (!env) return;
  await clew(["daemon", "stop"], env);
  rmSync(env.HOME!, { recursive: true, force: true });
  env = null;
});

/** What `clew otel env` prints for the client, with its details, at intervals at which a short run tells something midway. */
async function telemetry(encoding: Encoding): Promise<Readonly<Record<string, string>>> {
  return {
    ...(await otelVariables(["--for", "claude", "--protocol", encoding], env!)),
    CLAUDE_CODE_PROPAGATE_TRACEPARENT: "1",
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
    OTEL_LOGS_EXPORT_INTERVAL: "500",
    OTEL_TRACES_EXPORT_INTERVAL: "500",
    OTEL_LOG_TOOL_DETAILS: "1",
  };
}

interface Told {
  readonly encoding: Encoding;
  readonly hooks: "plugin" | "setup";
  /** The daemon is killed when it has accepted the first thing that it was told; every third of its answers is lost. */
  readonly killAtOnce?: boolean;
}

/** Runs a scenario with a daemon that is killed between its runs, and reads the rest once it is over. */
async function driveTold(scenario: Scenario, { encoding, hooks, killAtOnce }: Told): Promise<Driven> {
  let daemon: StartedDaemon;
  let restarted = Promise.resolve();
  const restart = async (): Promise<void> => {
    await killDaemon(daemon);
    daemon = await startDaemon(env!, Number(new URL(daemon.url).port));
  };
  const restartBehind = async (way: LossyProxy): Promise<void> => {
    way.to(null);
    await restart();
    way.to(daemon.url);
    writeFileSync(join(env!.HOME!, BACK), "");
  };
  const driven = await drive(client, scenario, {
    hooks,
    between: restart,
    async prepare(given) {
      const { HOME, CLAUDE_CONFIG_DIR, CLEW_HOME, CLEW_RUNTIME_DIR } = given as Record<string, string>;
      env = bareEnvironment({
        HOME: HOME!,
        CLAUDE_CONFIG_DIR: CLAUDE_CONFIG_DIR!,
        CLEW_HOME: CLEW_HOME!,
        CLEW_RUNTIME_DIR: CLEW_RUNTIME_DIR!,
      });
      daemon = await startDaemon(env);
      if (!killAtOnce) return telemetry(encoding);
      const opened = await startProxy({
        loseEvery: 3,
        // The client does not send again what it got no answer to: a connection that is cut may lose what nobody accepted.
        whenAway: "wait",
        onAccepted(number) {
          if (number === 1) restarted = restartBehind(opened);
        },
      });
      proxy = opened;
      proxy.to(daemon.url);
      return { ...(await telemetry(encoding)), OTEL_EXPORTER_OTLP_ENDPOINT: proxy.url };
    },
  });
  await restarted;
  expect(driven.errors).toBe("");
  for (const words of [["daemon", "stop"], ["index"]]) {
    const { code, stderr } = await clew(words, env!);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  }
  return driven;
}

function sumOf(served: readonly Served[]): Readonly<Record<string, number>> {
  const sum = (value: (one: Served) => number): number => served.reduce((total, one) => total + value(one), 0);
  return {
    responses: served.length,
    input_tokens: sum(({ usage }) => usage.input_tokens),
    output_tokens: sum(({ usage }) => usage.output_tokens),
    cache_creation_input_tokens: sum(({ usage }) => usage.cache_creation_input_tokens),
    cache_creation_5m_input_tokens: sum(({ usage }) => usage.cache_creation.ephemeral_5m_input_tokens),
    cache_creation_1h_input_tokens: sum(({ usage }) => usage.cache_creation.ephemeral_1h_input_tokens),
    cache_read_input_tokens: sum(({ usage }) => usage.cache_read_input_tokens),
    unpriced_responses: 0,
  };
}

async function check(scenario: Scenario, driven: Driven): Promise<void> {
  const { served } = driven;
  const ask = env!;

  // Everything that was served, side calls included, at the client's own price.
  const cost = JSON.parse((await clew(["cost", "--by", "model", "--json"], ask)).stdout) as CostAnswer;
  expect(cost.totals).toMatchObject(sumOf(served));
  expect(Math.abs((cost.totals.cost_usd ?? 0) - clientTotal(driven.config))).toBeLessThanOrEqual(served.length / 1e6);

  // Each request is one row of responses, of the transcript where that has it, and one call that points there.
  const responses = await rowsOf<{ request_id: string; record: string; response_id: string }>(
    "SELECT request_id, record, response_id FROM responses WHERE counted = 1",
    ask,
  );
  const requestOf = (index: number): string => `req_01test${index + 1}`;
  expect(new Map(responses.map((row) => [row.request_id, row.record]))).toEqual(
    new Map(served.map((one, index) => [requestOf(index), one.conversation === null ? "call" : "assistant"])),
  );
  expect(responses).toHaveLength(served.length);
  const calls = await rowsOf<{ request_id: string; response_id: string; told: string }>(
    "SELECT request_id, response_id, told FROM model_calls WHERE error IS NULL",
    ask,
  );
  expect(calls).toHaveLength(served.length);
  expect(new Map(calls.map((call) => [call.request_id, call.response_id]))).toEqual(
    new Map(responses.map((row) => [row.request_id, row.response_id])),
  );
  for (const call of calls)
    expect(Object.keys(JSON.parse(call.told) as object).sort()).toEqual(["api_request", "span"]);

  // Each tool call is one row that transcript, hook and telemetry have all spoken of.
  const asked = [...driven.calls.values()].flat();
  const tools = await rowsOf<{ tool_use_id: string; transcript: number; hook: number; telemetry: number }>(
    `SELECT tool_use_id, transcript IS NOT NULL AS transcript, hook IS NOT NULL AS hook, telemetry IS NOT NULL AS telemetry
     FROM tool_calls`,
    ask,
  );
  expect(new Set(tools.map((call) => call.tool_use_id))).toEqual(new Set(asked));
  expect(tools.filter((call) => call.transcript + call.hook + call.telemetry < 3)).toEqual([]);

  // No session that would not be there without telemetry, and nothing that came to none.
  const sessions = await rowsOf<{
    session_id: string;
    parent_session_id: string | null;
    agent_description: string | null;
  }>("SELECT session_id, parent_session_id, agent_description FROM sessions", ask);
  const roots = sessions.filter((session) => session.parent_session_id === null);
  expect(new Set(roots.map((session) => session.session_id))).toEqual(new Set(driven.sessionIds));
  const helpers = sessions.filter((session) => session.parent_session_id !== null);
  expect(helpers.map((session) => session.agent_description).sort()).toEqual(
    Object.keys(scenario.subagents)
      .map((name) => `Helper ${name}`)
      .sort(),
  );
  const [stray] = await rowsOf(
    "SELECT count(*) AS events FROM events WHERE session_id IN ('uncorrelated', 'unknown-hooks')",
    ask,
  );
  expect(stray).toEqual({ events: 0 });
  const [problems] = await rowsOf("SELECT count(*) AS problems FROM problems", ask);
  expect(problems).toEqual({ problems: 0 });

  // The log alone makes the same again.
  const rebuilt = await clew(["rebuild"], ask);
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, expect.any(String)]);
  const again = JSON.parse((await clew(["cost", "--by", "model", "--json"], ask)).stdout) as CostAnswer;
  expect(again).toEqual(cost);
}

describe.each([
  { encoding: "http/json", hooks: "plugin" },
  { encoding: "http/protobuf", hooks: "setup" },
] as const)("telemetry in $encoding", (told) => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    { timeout: 120_000 },
    async (_, scenario) => {
      await check(scenario, await driveTold(scenario, told));
    },
  );

  test("a daemon that is killed while the client works, and answers that are lost", { timeout: 120_000 }, async () => {
    const wait = `until [ -e "$HOME/${BACK}" ]; do sleep 0.1; done; sleep 2; echo second`;
    const scenario: Scenario = {
      name: "a long command",
      runs: [{ prompt: "Take your time. [[main]]" }],
      script: {
        main: [
          [{ tool: "Bash", input: { command: "echo first", description: "Begin" } }],
          [{ tool: "Bash", input: { command: wait, description: "Wait" } }],
          [{ text: "Done." }],
        ],
      },
      subagents: {},
    };
    await check(scenario, await driveTold(scenario, { ...told, killAtOnce: true }));
    expect(existsSync(join(env!.HOME!, BACK))).toBe(true);
    expect(proxy?.counts.lost).toBeGreaterThan(0);
  });
});
