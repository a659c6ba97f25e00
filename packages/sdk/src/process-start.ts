/** @module When this process began, in the form in which Clew tells a process from a later one with its number. */
import { builtin } from "./builtin.ts";

let known: string | null | undefined;

/** `<boot id>:<start in ticks>` on Linux; null elsewhere. Reads two small files of /proc, once. */
export function processStart(): string | null {
  if (known === undefined) known = process.platform === "linux" ? read() : null;
  return known;
}

function read(): string | null {
  try {
    const { readFileSync } = builtin("node:fs");
    const stat = readFileSync("/proc/self/stat", "latin1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    // The program's name, in parentheses, may hold anything; the last closing one ends it.
    const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return boot && start && /^\d+$/.test(start) ? `${boot}:${start}` : null;
  } catch {
    return null;
  }
}
