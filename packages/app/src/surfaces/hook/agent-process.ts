/** @module The agent's own process, as one of its hooks finds it. */
import { readFileSync } from "node:fs";
import type { Environment } from "../../base/paths.ts";
import type { Processes } from "../../registry/process.ts";

/** Programs that stand between an agent and its hook. */
const BETWEEN: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh", "ksh", "fish", "busybox", "env"]);
const MOST_BETWEEN = 8;

/** CLAUDE_PID where the client says it; else the nearest process above that is no shell. */
export function agentProcess(
  env: Environment,
  parentPid: number,
  processes: Pick<Processes, "parentOf" | "isAlive">,
  nameOf: (pid: number) => string | null = commandName,
): number {
  const said = Number(env.CLAUDE_PID);
  if (Number.isSafeInteger(said) && said > 1 && processes.isAlive(said, null)) return said;
  let pid = parentPid;
  for (let step = 0; step < MOST_BETWEEN && BETWEEN.has(nameOf(pid) ?? ""); step++) {
    const parent = processes.parentOf(pid);
    if (parent === null || parent <= 1) break;
    pid = parent;
  }
  return pid;
}

/** Linux; elsewhere null, and a hook's parent is taken for the agent. */
function commandName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return null;
  }
}
