/** @module Runs examples/traced-service as real processes on a machine of its own, and asks it many things at once. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSpoolRecord } from "../packages/app/src/base/spool-record.ts";
import { bareEnvironment, clew, type Finished, type Running, startNode } from "./command.ts";
import { repositoryRoot } from "./repository.ts";

export const exampleDirectory: string = join(repositoryRoot, "examples", "traced-service");

export interface ExampleMachine {
  readonly env: NodeJS.ProcessEnv;
  /** Where the service runs: a workspace. */
  readonly project: string;
}

/** Directories in which nothing of this machine's user is found. */
export function exampleMachine(): ExampleMachine {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "clew-example-")));
  const project = join(home, "project");
  mkdirSync(join(project, ".git"), { recursive: true });
  mkdirSync(join(home, "claude", "projects"), { recursive: true });
  const env = bareEnvironment({
    HOME: home,
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    CLEW_SDK: "debug", // Problems of the SDK go to standard error, where the tests want nothing.
  });
  return { env, project };
}

export interface Asked {
  /** The marker: no two requests have the same. */
  readonly question: string;
  readonly stream: boolean;
  /** By a child process. */
  readonly proofread: boolean;
  /** By a worker thread. */
  readonly count: boolean;
}

export interface Answered {
  readonly asked: Asked;
  /** What the caller said of itself. */
  readonly caller: { readonly traceId: string | null; readonly sessionId: string | null };
  /** As the response names it. */
  readonly sessionId: string;
  readonly status: number;
  /** Session of the child process. */
  readonly proofreader: string | null;
}

export interface RunningExample {
  /** All requests are begun at once; `connections` of them are on their way at any time. */
  readonly ask: (requests: number, connections: number) => Promise<readonly Answered[]>;
  /** Ends both processes as a service manager would; the service's end. */
  readonly stop: () => Promise<Finished>;
  readonly service: Running;
}

export const callerWorkspace = "0123456789abcdef";

/** Every 20th starts a process, every 20th a thread, every 3rd is a stream; every 2nd brings a trace, every 8th a session. */
function askedOf(index: number): Pick<Answered, "asked" | "caller"> {
  const number = String(index).padStart(6, "0");
  return {
    asked: {
      question: `What is ${index} + ${index}? [[q${number}]]`,
      stream: index % 3 === 1,
      proofread: index % 20 === 7,
      count: index % 20 === 14,
    },
    caller: {
      traceId: index % 2 === 0 ? (index + 1).toString(16).padStart(32, "c") : null,
      sessionId: index % 8 === 4 ? `caller-${number}` : null,
    },
  };
}

async function post(url: string, index: number, agent: Agent): Promise<Answered> {
  const { asked, caller } = askedOf(index);
  const headers = {
    "content-type": "application/json",
    ...(caller.traceId && { traceparent: `00-${caller.traceId}-00f067aa0ba902b7-01` }),
    ...(caller.sessionId && { "clew-correlation-id": `${callerWorkspace}:${caller.sessionId}` }),
  };
  return await new Promise((resolve, reject) => {
    const sent = request(`${url}/answer`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.once("error", reject).once("end", () => {
        const { proofreader = null } = JSON.parse(text) as { readonly proofreader?: string | null };
        const sessionId = String(response.headers["x-session-id"]);
        resolve({ asked, caller, sessionId, status: response.statusCode ?? 0, proofreader });
      });
    });
    sent.once("error", reject).end(JSON.stringify(asked));
  });
}

async function start(file: string, { env, project }: ExampleMachine): Promise<{ running: Running; url: string }> {
  const running = startNode(join(exampleDirectory, file), [], env, project);
  const [, url = ""] = /answers on (\S+)\n/.exec(await running.printed(/answers on \S+\n/)) ?? [];
  return { running, url };
}

/** Starts the stub of the model, then the service; the caller stops them. */
export async function startExample(machine: ExampleMachine): Promise<RunningExample> {
  const env = { ...machine.env, PORT: "0" };
  const model = await start("stub-model.mjs", { ...machine, env });
  const service = await start("server.mjs", { ...machine, env: { ...env, MODEL_URL: model.url } });
  return {
    service: service.running,
    async ask(requests, connections) {
      const agent = new Agent({ keepAlive: true, maxSockets: connections });
      const answers = Array.from({ length: requests }, (_, index) => post(service.url, index, agent));
      try {
        return await Promise.all(answers);
      } finally {
        agent.destroy();
      }
    },
    async stop() {
      service.running.child.kill("SIGTERM");
      const finished = await service.running.finished;
      model.running.child.kill("SIGKILL");
      await model.running.finished;
      return finished;
    },
  };
}

export type Json = Readonly<Record<string, unknown>>;

/** Lines of a file; one that is no JSON object fails. */
export function jsonLines(path: string): readonly Json[] {
  const text = readFileSync(path, "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Json);
}

export const serviceLog = ({ project }: ExampleMachine): string => join(project, "logs", "service.log");

/** Lines of all files of model calls. */
export function modelCalls({ project }: ExampleMachine): readonly Json[] {
  const directory = join(project, "logs", "llm_interactions");
  return readdirSync(directory).flatMap((name) => jsonLines(join(directory, name)));
}

/** A record that the SDK has left in the spool. */
export interface SpoolRecord {
  readonly id: string;
  readonly type: string;
  readonly correlation_id: string;
  readonly data: Json;
}

const spoolOf = ({ env }: ExampleMachine): string => join(String(env.CLEW_HOME), "spool");

/** Records that were dropped, as their writers count them: a byte each. */
export function droppedRecords(machine: ExampleMachine): number {
  return statSync(join(spoolOf(machine), "lost"), { throwIfNoEntry: false })?.size ?? 0;
}

/** Everything in the spool; a file that is no record fails. */
export function spooled(machine: ExampleMachine): readonly SpoolRecord[] {
  const directory = spoolOf(machine);
  const names = readdirSync(directory).filter((name) => name !== "lost");
  return names.flatMap((name) => {
    const record = decodeSpoolRecord(readFileSync(join(directory, name)));
    if (!record) throw new Error(`${name} is no record`);
    return JSON.parse(record.body.toString("utf8")) as SpoolRecord[];
  });
}

/** What a call of the model asked. */
export const questionOf = ({ input }: Json): string =>
  (input as { readonly messages: readonly { readonly content: string }[] }).messages[0]!.content;

/** What a command prints; it has to succeed. */
export async function commandOf({ env }: ExampleMachine, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await clew(words, env);
  if (code !== 0) throw new Error(`clew ${words.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Names the log to Clew, and has it read all that the service left. */
export async function takeIn(machine: ExampleMachine): Promise<void> {
  await commandOf(machine, "logs", "add", serviceLog(machine), "--service", "answers");
  await commandOf(machine, "index");
}
