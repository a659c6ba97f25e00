/** @module Whether a command's output becomes part of an agent's context and holds records; then it comes in a fence. */
import { homedir } from "node:os";
import type { Clock } from "../../base/clock.ts";
import { type Environment, runtimeDirectory } from "../../base/paths.ts";
import type { Output } from "./output.ts";
import { type FencedOutput, fencedOutput } from "./render/fenced-output.ts";

/**
 * Commands that show transcripts, logs and what programs told. Those that show what is shared ask for each author themselves;
 * those that only count show names and figures.
 */
const RECORDS: ReadonlySet<string> = new Set(
  "active doctor export logs search sessions show sql state stats tail tools tree".split(" "),
);
/** Of these what was read by the sessions that are shown decides, and they say so; titles and figures alone decide nothing. */
const SAY_THEMSELVES: ReadonlySet<string> = new Set(
  "active context cost search sessions show state stats tools tree".split(" "),
);
/** Sub-commands that show no record. */
const OTHERS: ReadonlySet<string> = new Set(["add", "list", "remove", "save"]);

/** `words`: all of the command line after the command's name. */
export function showsRecords(name: string, words: readonly string[], operands: readonly string[]): boolean {
  const [first = ""] = operands;
  if (name === "cost") return words.some((word) => /(?:^|=)session$/u.test(word));
  if (!RECORDS.has(name) || OTHERS.has(first)) return false;
  // An entry or a message is none.
  return name !== "show" || (first !== "" && !/^[em]-/.test(first));
}

export interface AgentOutput {
  readonly out: FencedOutput;
  readonly err: FencedOutput;
  /** Session of the agent. */
  readonly sessionId: string;
  /** Closes both fences; to be called when the command has ended, however it did. */
  readonly end: () => void;
}

/** Null: no agent reads it. */
export async function agentOutput(
  name: string,
  env: Environment,
  clock: Clock,
  streams: { readonly out: Output; readonly err: Output },
): Promise<AgentOutput | null> {
  const [{ openRegistry, registryHours }, { whichSession }] = await Promise.all([
    import("../../registry/registry.ts"),
    import("../../registry/which.ts"),
  ]);
  const hours = registryHours(env);
  const registry = openRegistry({
    directory: runtimeDirectory(env),
    clock,
    ...(hours !== undefined && { expiryHours: hours }),
  });
  const cwd = workingDirectory(env);
  const which = whichSession({ env, cwd, pid: process.pid, registry, clock, ways: ["environment", "process"] });
  if (which.kind !== "found") return null;
  const { entry } = which;
  const isProgram = entry.agent === "command" || entry.agent === "script";
  // What a program prints that an agent has started, the agent reads.
  if (isProgram && entry.parent_session_id === null && !env.CLAUDE_CODE_SESSION_ID) return null;
  const [{ noteForeignRead }, { createPlaceResolver }] = await Promise.all([
    import("../../authoring/foreign-read.ts"),
    import("../../place/place.ts"),
  ]);
  const note = (): void => {
    const workspaceId = entry.workspace_id ?? createPlaceResolver(env.HOME ?? homedir())(cwd, "").workspaceId;
    noteForeignRead({ env, clock, sessionId: entry.session_id, workspaceId, by: "command line" });
  };
  const isAlways = !SAY_THEMSELVES.has(name);
  const [out, err] = [fencedOutput(streams.out, note, isAlways), fencedOutput(streams.err, note, false)];
  return {
    out,
    err,
    sessionId: entry.session_id,
    end() {
      out.end();
      err.end();
    },
  };
}

function workingDirectory(env: Environment): string {
  try {
    return process.cwd();
  } catch {
    return env.PWD ?? "/";
  }
}
