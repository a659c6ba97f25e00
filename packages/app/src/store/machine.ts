/** @module Whether a host that a line names is this machine. Processes of another have the same numbers. */
import type { Database } from "./db.ts";

const NAME = "SELECT name FROM devices LIMIT 1";

/** Without the domain, which changes with the network. */
const machineOf = (host: string): string => host.toLowerCase().split(".")[0] ?? "";

/** Null, where a line names none: lines are read where they are written. */
export function hereOf(db: Database): (host: string | null) => boolean {
  const device = db.prepare<[], { name: string }>(NAME).get();
  const here = machineOf(device?.name ?? "");
  return (host) => host === null || machineOf(host) === here;
}
