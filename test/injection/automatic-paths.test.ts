/** What comes to an agent without its asking holds no word of anybody else, whichever field it stands in. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clewPaths } from "../../packages/app/src/base/paths.ts";
import { writeStatuslineFile } from "../../packages/app/src/base/statusline-file.ts";
import { openReader } from "../../packages/app/src/query/reader.ts";
import { statuslineAnswer } from "../../packages/app/src/query/statusline.ts";
import { startSession } from "../../packages/app/src/surfaces/hook/start-session.ts";
import { statuslineText } from "../../packages/app/src/surfaces/hook/statusline-text.ts";
import { createMcpServer } from "../../packages/app/src/surfaces/mcp/server.ts";
import { clewBin } from "../command.ts";
import { repositoryRoot } from "../repository.ts";
import { type InjectionBed, injectionBed, NOW, OWN_SESSION, OWN_WORDS, STARTING } from "./bed.ts";
import { CARRIERS, NOT_FOREIGN } from "./channels.ts";
import { COUNT, marksIn, PLEA, payload } from "./payloads.ts";

const HOUR = 3_600_000;
let bed: InjectionBed;
beforeAll(async () => {
  bed = await injectionBed();
});
afterAll(() => bed.remove());

/** Of the full text's own tables the words are those of other columns; what is compressed is read through `events`. */
const INNER = /_index(?:_|$)/;

function textColumns(): ReadonlyMap<string, readonly unknown[]> {
  return bed.read((db) => {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    const found = new Map<string, readonly unknown[]>();
    for (const { name } of tables.filter((table) => !INNER.test(table.name))) {
      const columns = db.prepare(`PRAGMA table_info("${name}")`).all() as { name: string; type: string }[];
      for (const column of columns.filter(({ type }) => !/^(?:INTEGER|REAL|BLOB)$/.test(type)))
        found.set(`${name}.${column.name}`, db.prepare(`SELECT "${column.name}" FROM "${name}"`).pluck().all());
    }
    return found;
  });
}

/** Of which fewer than all payloads arrive: what an intake refuses, what only half of the records have, paths of one name. */
const FEWER: Readonly<Record<string, number>> = {
  assignee: COUNT / 2,
  server: COUNT / 2,
  tokind: COUNT / 4,
  // A payload that looks like a command is none of the person's prompts.
  hookprompt: 190,
  focus: 158,
  nextstep: 158,
  todo: 158,
  remote: 1,
};

test("each text column of the store is a channel, or nobody else's words can come to stand in it", () => {
  const reasons = Object.values(NOT_FOREIGN).flatMap((tables) =>
    Object.entries(tables).flatMap(([table, columns]) => columns.split(" ").map((column) => `${table}.${column}`)),
  );
  const carriers = Object.entries(CARRIERS).flatMap(([table, columns]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
  const columns = textColumns();
  expect([...carriers, ...reasons].sort()).toEqual([...columns.keys()].sort());
  const seen = new Map<string, Set<number>>();
  for (const [name, values] of columns) {
    const marks = values.flatMap((value) => (typeof value === "string" ? marksIn(value) : []));
    for (const { channel, index } of marks) seen.set(channel, (seen.get(channel) ?? new Set()).add(index));
    const [table, column] = name.split(".") as [string, string];
    const channels = [...new Set(marks.map(({ channel }) => channel))].sort().join(" ");
    expect([name, channels]).toEqual([name, CARRIERS[table]?.[column] ?? ""]);
  }
  const few = [...seen].filter(([, marks]) => marks.size < COUNT).map(([channel, marks]) => [channel, marks.size]);
  expect(Object.fromEntries(few)).toEqual(FEWER);
});

/** Handles of senders, which may be shown: `[a-z0-9_-]`, at most 32 characters. */
const HANDLE = /(?<= from )@[a-z0-9_-]{1,32}(?=[ ,;])/g;

function expectNothingForeign(what: string, text: string): void {
  const rest = text.replace(HANDLE, "");
  expect([what, marksIn(rest), PLEA.exec(rest)?.[0] ?? null]).toEqual([what, [], null]);
  // Nor does anything change a terminal's title, or speak to it at all.
  expect([what, /[\x1b\x9b\x9d]/.test(text)]).toEqual([what, false]);
}

async function started(source: string | null, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const env = { ...bed.env, CLAUDE_ENV_FILE: join(bed.home, "env.sh"), CLAUDE_PROJECT_DIR: bed.workspace };
  const body = { session_id: STARTING, cwd: bed.workspace, hook_event_name: "SessionStart", source, ...more };
  let [printed, explained] = ["", ""];
  await startSession({
    env,
    input: Buffer.from(JSON.stringify(body)),
    now: NOW,
    parentPid: process.pid,
    print: (text) => {
      printed += text;
    },
    explain: (text) => {
      explained += `${text}\n`;
    },
  });
  expectNothingForeign(`start ${source}`, printed);
  expectNothingForeign(`explained ${source}`, explained);
  const variables = readFileSync(env.CLAUDE_ENV_FILE, "utf8");
  expectNothingForeign("environment of the children", variables);
  for (const line of variables.trim().split("\n"))
    expect(line).toMatch(/^(?:\[ -n "\$\{TRACEPARENT:-\}" \] \|\| )?export [A-Z_]+='[0-9A-Za-z:._-]*'$/);
  return printed;
}

describe("the start of a session", () => {
  test("gives the agent's and the person's own words, and of everything else figures and handles", async () => {
    const given = await started("startup");
    for (const words of Object.values(OWN_WORDS)) expect(given).toContain(words);
    expect(given).toMatch(
      /^Inbox: \d+ messages? from @\S+, \d+ from @\S+.* from others, \d+ issues assigned \(clew inbox\); 99\+ more open/m,
    );
    for (const source of ["clear", "compact", "resume", "fork", null, payload("source", 3)]) await started(source);
    await started("startup", { agent_id: "a1", agent_type: payload("agent", 1), transcript_path: payload("path", 2) });
    const { stdout, stderr } = await bed.clew(["context", "--preview"]);
    expectNothingForeign("preview", stdout + stderr);
    expect(stdout).toContain(OWN_WORDS.focus);
    expectNothingForeign("preview as JSON", (await bed.clew(["context", "--json"])).stdout);
  });

  test("gives nothing of another identity whose words are the newest", async () => {
    const all = Array.from({ length: COUNT }, (_, index) => payload("newest", index));
    const theirs = "dddddddd-0000-4000-8000-000000000001";
    const hook = { identity: "mallory@web", at: String(NOW - HOUR), session: theirs };
    const body = { session_id: theirs, cwd: bed.workspace, hook_event_name: "SessionStart", source: "startup" };
    await bed.hook(body, hook);
    await bed.hook({ ...body, hook_event_name: "UserPromptSubmit", prompt: all[0] }, hook);
    await bed.tell([
      bed.record(theirs, "session.outcome", NOW - 2000, {
        summary: all.join("\n"),
        decisions: all,
        learnings: all,
        tasks_completed: all,
      }),
      bed.record(theirs, "session.state", NOW - 2000, {
        focus: all.join("\n"),
        next_steps: all,
        todos: all.map((text) => ({ text, status: "pending" })),
      }),
      bed.record(theirs, "session.end", NOW - 1000, { result: all[1] }),
    ]);
    const given = await started("startup");
    expect(given).toMatch(/^Last session: completed (?:just now|\d min ago) /m);
    expect(given).toContain(OWN_WORDS.entry);
    expect(given).not.toContain(OWN_WORDS.summary);
  });

  test("gives nothing that the agent itself wrote after it had read others' words", async () => {
    const all = Array.from({ length: COUNT }, (_, index) => payload("tainted", index));
    await bed.tell([
      bed.record(OWN_SESSION, "session.state", NOW - 500, { tainted: true, focus: all.join("\n"), next_steps: all }),
      bed.record(OWN_SESSION, "session.outcome", NOW - 500, { tainted: true, summary: all.join("\n"), decisions: all }),
    ]);
    const given = await started("startup");
    expect(given).not.toContain("Focus");
    expect(given).toContain(OWN_WORDS.entry);
  });
});

test("badges, the status line and completions hold figures and words of ours", async () => {
  for (const words of [
    ["inbox", "--count"],
    ["inbox", "--count", "--json"],
  ]) {
    const { stdout, stderr } = await bed.clew(words);
    expectNothingForeign(words.join(" "), stdout + stderr);
    expect(stdout).toMatch(/^(?:\d+ messages?|\{)/);
  }
  for (const words of [
    ["completion", "bash"],
    ["completion", "zsh"],
    ["completion", "fish"],
    ["--help"],
    ["hook", "--help"],
  ])
    expectNothingForeign(words.join(" "), (await bed.clew(words)).stdout);
  const reader = openReader(join(bed.home, "data", "clew.db"));
  const said = {
    version: 1 as const,
    updated_at: new Date(NOW).toISOString(),
    ...statuslineAnswer(reader, { now: NOW, timeZone: "UTC" }),
    unread: 3,
  };
  reader.close();
  mkdirSync(join(bed.home, "data"), { recursive: true });
  writeStatuslineFile(clewPaths(bed.env).statusline, said);
  const input = {
    model: { id: "opus", display_name: "Opus" },
    cost: { total_cost_usd: 1 },
    workspace: { project_dir: bed.workspace },
  };
  const line = statuslineText(input, said, bed.workspaceId, NOW);
  expectNothingForeign("status line", line);
  expect(line).toMatch(/^Opus · \$1\.00 · .*3 unread/);
});

test("nobody else's memory files come to lie where an agent's client loads them by itself", async () => {
  const all = Array.from({ length: COUNT }, (_, index) => payload("memoryfile", index)).join("\n");
  const file = (path: string, project: string | null, more: object = {}): object =>
    bed.record("uncorrelated", "change", NOW - HOUR, {
      target: "memory",
      subject: `${project ?? "global"}/${path}`,
      author: "person:mallory@example.org",
      origin: "human",
      tainted: false,
      device: "elsewhere",
      hlc: (NOW - HOUR) * 1024,
      set: { content: all, path, project },
      ...more,
    });
  await bed.tell([
    file("memory/own.md", "dir:web", {
      author: "person:ada",
      device: undefined,
      hlc: undefined,
      set: { content: "# Own", path: "memory/own.md", project: "dir:web" },
    }),
    file("memory/feedback.md", "dir:web"),
    file("CLAUDE.md", null),
    file("memory/tainted.md", "dir:web", { author: "claude-code@web", origin: "agent", tainted: true }),
  ]);
  for (const words of [
    ["memory", "pull"],
    ["memory", "sync"],
    ["memory", "pull", "CLAUDE.md"],
    ["memory", "sync", "--all-projects"],
  ])
    await bed.clew(words);
  const files = (readdirSync(bed.home, { recursive: true }) as string[]).filter((name) => name.endsWith(".md"));
  expect(files.some((name) => name.endsWith("own.md"))).toBe(true);
  for (const name of files) expectNothingForeign(name, readFileSync(join(bed.home, name), "utf8"));
});

async function connected(): Promise<{ readonly client: Client; readonly end: () => Promise<void> }> {
  const reader = openReader(join(bed.home, "data", "clew.db"));
  const [near, far] = InMemoryTransport.createLinkedPair();
  const services = {
    env: bed.env,
    clock: () => NOW,
    timeZone: "UTC",
    version: "0.0.0",
    ask: <Answer>(question: (db: typeof reader) => Answer) => question(reader),
    cwd: bed.workspace,
    onError: () => {},
  };
  const server = serveStdio(() => createMcpServer({ services, profile: "write", limit: { take: () => 0 } }), {
    transport: far,
  });
  const client = new Client({ name: payload("client", 1), version: "1" });
  await client.connect(near);
  return {
    client,
    async end() {
      await client.close();
      await server.close();
      reader.close();
    },
  };
}

test("an MCP server introduces itself in words of its own", async () => {
  const { client, end } = await connected();
  const lists = {
    instructions: client.getInstructions(),
    name: client.getServerVersion(),
    tools: await client.listTools(),
    prompts: await client.listPrompts(),
    templates: await client.listResourceTemplates(),
  };
  for (const [what, list] of Object.entries(lists)) expectNothingForeign(what, JSON.stringify(list));
  await end();
});

test("what it lists and completes are ids and names that are no more than that", async () => {
  const { client, end } = await connected();
  const { resources } = await client.listResources();
  expect(resources.length).toBeGreaterThan(20);
  expectNothingForeign("resources", JSON.stringify(resources));
  const [templates, prompts] = [await client.listResourceTemplates(), await client.listPrompts()];
  const references = [
    ...templates.resourceTemplates.map(
      ({ uriTemplate }) => [{ type: "ref/resource", uri: uriTemplate }, "id"] as const,
    ),
    ...prompts.prompts.flatMap(({ name, arguments: given = [] }) =>
      given.map((argument) => [{ type: "ref/prompt", name }, argument.name] as const),
    ),
  ];
  // What a client offers while somebody types: ids and names that are no more than that.
  if (client.getServerCapabilities()?.completions)
    for (const [ref, name] of references)
      for (const value of ["", "z", "zq", "e-", "b"]) {
        const { completion } = await client.complete({ ref, argument: { name, value } });
        for (const word of completion.values)
          expect([ref, word]).toEqual([ref, expect.stringMatching(/^[\w.-]{1,64}$/)]);
        // A project is called by its directory's name, as a sender by a handle.
        expect(marksIn(completion.values.join("\n"))).toEqual([]);
      }
  await end();
});

test("what the plugin runs by itself prints nothing that is stored", () => {
  const plugin = join(repositoryRoot, "plugin");
  const files = (readdirSync(plugin, { recursive: true }) as string[]).filter((file) => /\.(?:md|json)$/.test(file));
  expect(files).toContain(join("hooks", "hooks.json"));
  for (const file of files) {
    const text = readFileSync(join(plugin, file), "utf8");
    // A command between !` and ` is run, and what it prints is put into the conversation, before the agent asks for anything.
    for (const [, command] of text.matchAll(/!`([^`]*)`/g))
      expect([file, command]).toEqual([file, expect.stringMatching(AT_ONCE)]);
  }
});

/** Commands that say figures and ids alone. */
const AT_ONCE = /^clew (?:inbox --count|session which|--version)(?: 2>&1| 2>\/dev\/null| \|\| true)*$/;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ran(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ""): Promise<Ended> {
  const child = spawn(program, args, { env, cwd: bed.workspace });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, ...output }));
  });
}

const app = (name: string): string => fileURLToPath(new URL(`../../packages/app/dist/app/${name}`, import.meta.url));

test("the programs, run as a client and a shell run them", async () => {
  const env = { ...bed.env, NO_COLOR: "1" };
  const body = (name: string, more: object = {}): string =>
    JSON.stringify({ session_id: STARTING, cwd: bed.workspace, hook_event_name: name, ...more });
  const sh = process.platform !== "win32";
  const observe = join(repositoryRoot, "plugin", "hooks", "observe.sh");
  const hooks = sh
    ? ["UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"].map((name) =>
        ran(
          "/bin/sh",
          [observe],
          { ...env, CLAUDE_PROJECT_DIR: bed.workspace },
          body(name, { prompt: payload("live", 1) }),
        ),
      )
    : [];
  for (const { code, stdout, stderr } of await Promise.all(hooks)) expect([code, stdout, stderr]).toEqual([0, "", ""]);
  const start = await ran(
    process.execPath,
    [app("session-start.cjs")],
    env,
    body("SessionStart", { source: "startup" }),
  );
  expect(start).toMatchObject({ code: 0, stderr: "" });
  expectNothingForeign("session-start.cjs", start.stdout);
  expect(start.stdout).toContain("<clew-context");
  const line = await ran(
    process.execPath,
    [app("statusline.cjs")],
    env,
    body("Status", { model: { display_name: "Opus" } }),
  );
  expectNothingForeign("statusline.cjs", line.stdout);
  expect(line.stdout).toContain("Opus");
  const [count, child, setup] = await Promise.all([
    ran(process.execPath, [clewBin, "inbox", "--count"], env),
    ran(process.execPath, [clewBin, "run", "--", process.execPath, "-p", "JSON.stringify(process.env)"], env),
    ran(process.execPath, [clewBin, "setup", "--yes", "--statusline", "--config-dir", join(bed.home, "settings")], env),
  ]);
  expectNothingForeign("inbox --count", count.stdout + count.stderr);
  expect(count.stdout).toMatch(/^\d+ messages?/);
  expectNothingForeign("a wrapped command's environment", child.stdout);
  expect(child.stdout).toContain("CLEW_SESSION_ID");
  expectNothingForeign("setup", setup.stdout + setup.stderr);
  const settings = join(bed.home, "settings", "settings.json");
  if (existsSync(settings)) expectNothingForeign("settings", readFileSync(settings, "utf8"));
  writeFileSync(join(bed.home, "done"), "");
});
