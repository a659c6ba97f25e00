/** @module The agent's own process, as one of its hooks finds it. */
import { readFileSync } from "node:fs";
import type { Environment } from "../../base/paths.ts";
import type { Processes } from "../../registry/process.ts";

/** Programs that stand between an agent and its hook. */
const BETWEEN: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh", "ksh", "fish", "busybox", "env"]);
const MOST_BETWEEN = 8;
/** More ancestors than a hook has. */
const MOST_ABOVE = 64;

/**
 * CLAUDE_PID where it is a process above the hook (an inherited one may be another client's, or by now anything's); else
 * the nearest process above that is no shell.
 */
export function agentProcess(
  env: Environment,
  parentPid: number,
  processes: Pick<Processes, "parentOf">,
  nameOf: (pid: number) => string | null = commandName,
): number {
  const said = Number(env.CLAUDE_PID);
  if (Number.isSafeInteger(said) && said > 1 && isAtOrAbove(said, parentPid, processes)) return said;
  let pid = parentPid;
  for (let step = 0; step < MOST_BETWEEN && BETWEEN.has(nameOf(pid) ?? ""); step++) {
    const parent = processes.parentOf(pid);
    if (parent === null || parent <= 1) break;
    pid = parent;
  }
  return pid;
}

/** Looks no further up than needed: where there is no /proc every step runs a program. */
function isAtOrAbove(sought: number, pid: number, processes: Pick<Processes, "parentOf">): boolean {
  let at: number | null = pid;
  for (let step = 0; at !== null && at > 1 && step < MOST_ABOVE; step++) {
    if (at === sought) return true;
    at = processes.parentOf(at);
  }
  return false;
}

/** Linux; elsewhere null, and a hook's parent is taken for the agent. */
function commandName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return null;
  }
}
