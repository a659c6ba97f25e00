/** @module A real client whose shell tool runs the example service: its lines, calls and sessions stand under that tool call. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openReader } from "../../packages/app/src/query/reader.ts";
import { toolCallChildren } from "../../packages/app/src/query/spawned-by-children.ts";
import { bareEnvironment, clew } from "../command.ts";
import { exampleDirectory, type Json, jsonLines } from "../example-service.ts";
import { receiverHeaders, rowsOf, startDaemon } from "../otlp-daemon.ts";
import { type Driven, drive } from "./drive.ts";
import type { Scenario } from "./scenarios.ts";
import type { Block } from "./scripted-api.ts";

const client = process.env.CLEW_CLIENT ?? "";

const shell = (command: string): Block => ({ tool: "Bash", input: { command, description: "Test" } });

/** The middle one of three commands. */
const scenario: Scenario = {
  name: "a service in a shell",
  runs: [{ prompt: "Try the service. [[main]]" }],
  script: {
    main: [
      [shell("echo before")],
      [shell(`'${process.execPath}' '${join(exampleDirectory, "once.mjs")}'`)],
      [shell("echo after")],
      [{ text: "Done." }],
    ],
  },
  subagents: {},
};

interface Told {
  readonly name: string;
  readonly hooks?: "plugin" | "setup";
  /** By the client's own telemetry, which gives what it runs a TRACEPARENT. */
  readonly telemetry: boolean;
  /** By what the call is found; with hooks their own TRACEPARENT may stand in the place of the client's. */
  readonly by: readonly ("time" | "trace")[];
}

function environmentOf(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { HOME, CLAUDE_CONFIG_DIR, CLEW_HOME, CLEW_RUNTIME_DIR } = given as Record<string, string>;
  return bareEnvironment({
    HOME: HOME!,
    CLAUDE_CONFIG_DIR: CLAUDE_CONFIG_DIR!,
    CLEW_HOME: CLEW_HOME!,
    CLEW_RUNTIME_DIR: CLEW_RUNTIME_DIR!,
  });
}

const TRACES_OF_RUN =
  "SELECT t.trace_id FROM session_traces t JOIN sessions s ON s.session_id = t.session_id WHERE s.title = 'answers'";
const spawnedTraces = (rows: readonly unknown[]): readonly string[] =>
  rows.map((row) => (row as { readonly trace_id: string }).trace_id);

async function run(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await clew(words, env);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stdout;
}

/** Runs the scenario, then reads everything that it left. */
async function driveService({ hooks, telemetry }: Told): Promise<{ driven: Driven; env: NodeJS.ProcessEnv }> {
  let env: NodeJS.ProcessEnv = {};
  const driven = await drive(client, scenario, {
    ...(hooks && { hooks }),
    async prepare(given): Promise<Readonly<Record<string, string>>> {
      env = environmentOf(given);
      if (!telemetry) return {};
      const { url } = await startDaemon(env);
      const headers = Object.entries(await receiverHeaders(env));
      return {
        CLAUDE_CODE_ENABLE_TELEMETRY: "1",
        CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "1",
        CLAUDE_CODE_PROPAGATE_TRACEPARENT: "1",
        OTEL_TRACES_EXPORTER: "otlp",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_HEADERS: headers.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(","),
      };
    },
  });
  expect(driven.errors).toBe("");
  if (telemetry) await run(["daemon", "stop"], env);
  await run(["logs", "add", join(driven.project, "logs", "service.log"), "--service", "answers"], env);
  await run(["index"], env);
  return { driven, env };
}

const WAYS: readonly Told[] = [
  { name: "hooks", hooks: "setup", telemetry: false, by: ["time"] },
  { name: "the plugin's hooks and telemetry", hooks: "plugin", telemetry: true, by: ["time", "trace"] },
  { name: "telemetry alone", telemetry: true, by: ["trace"] },
  { name: "nothing but its transcript", telemetry: false, by: ["time"] },
];

describe.each(WAYS)("a service in a client's shell, told by $name", (told) => {
  test("is found under the tool call that started it", { timeout: 120_000 }, async () => {
    const { driven, env } = await driveService(told);
    const [session = ""] = driven.sessionIds;
    const [before, started, after] = driven.calls.get("main") ?? [];
    const written = jsonLines(join(driven.project, "logs", "service.log"));
    expect(written.length).toBeGreaterThan(10);

    // The service's run is the client's child, under the one call; the requests and the child process are below.
    const reader = openReader(join(env.CLEW_HOME!, "clew.db"));
    try {
      const children = toolCallChildren(reader, started!);
      expect(children).toMatchObject({ session_id: session, rows: [{ title: "answers", agent: "script" }] });
      expect(children?.rows[0]?.log_lines).toBe(written.length);
      expect(told.by).toContain(children?.rows[0]?.by);
      for (const other of [before, after]) expect(toolCallChildren(reader, other!)?.rows).toEqual([]);
    } finally {
      reader.close();
    }

    // From the client's session one command shows every line, each under the call, in the session that wrote it.
    const { timeline } = JSON.parse(await run(["show", session, "--logs", "--limit", "1000", "--json"], env)) as {
      readonly timeline: { readonly rows: readonly Json[] };
    };
    const { rows } = timeline;
    const lines = rows.filter(({ source }) => source === "log");
    const pairs = (list: readonly Json[], message: string): readonly string[] =>
      list.map((line) => `${line.session_id} ${line[message]}`).sort();
    expect(pairs(lines, "text")).toEqual(pairs(written, "msg"));
    expect(new Set(lines.map((row) => row.under_tool_use_id))).toEqual(new Set([started]));

    // So are the calls of the service's model, each once, in the session of its request.
    const calls = rows.filter((row) => row.source === "llm" && row.under_tool_use_id === started);
    const requests = new Set(written.filter(({ msg }) => msg === "asked").map((line) => line.session_id));
    expect(calls.map((row) => row.session_id).sort()).toEqual([...requests].sort());

    // Where the client handed its trace on, the service's run is part of it.
    const traces = new Set(spawnedTraces(await rowsOf(TRACES_OF_RUN, env)));
    const spans = await rowsOf<{ trace_id: string }>("SELECT DISTINCT trace_id FROM spans", env);
    if (!told.by.includes("time")) expect(spans.filter((span) => traces.has(span.trace_id))).toHaveLength(1);
    expect(readFileSync(join(driven.project, "logs", "service.log"), "utf8")).not.toContain("in-progress");
    rmSync(driven.home, { recursive: true, force: true });
  });
});
