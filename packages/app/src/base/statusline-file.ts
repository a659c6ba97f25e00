/** @module The one small file that the daemon prepares for the status line, so that showing it opens no database. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

export interface StatuslineWorkspace {
  readonly open_todos: number;
  readonly focus?: string;
}

export interface StatuslineFile {
  readonly version: 1;
  /** ISO 8601 UTC. */
  readonly updated_at: string;
  /** US dollars since local midnight; null: not one of today's responses has a price. */
  readonly today_cost_usd: number | null;
  /** Sessions at work, and sessions that wait for somebody. */
  readonly active: number;
  readonly waiting: number;
  /** Messages not read yet. */
  readonly unread: number;
  /** By workspace id. */
  readonly workspaces: Readonly<Record<string, StatuslineWorkspace>>;
}

/** More is not a file of ours. */
const LARGEST = 1024 * 1024;

/** What the daemon wrote last; null when there is none, or something else stands in its place. */
export function readStatuslineFile(path: string): StatuslineFile | null {
  try {
    const bytes = readFileSync(path);
    const file = bytes.length <= LARGEST ? (JSON.parse(bytes.toString("utf8")) as Partial<StatuslineFile>) : null;
    if (file?.version !== 1 || typeof file.updated_at !== "string") return null;
    return {
      version: 1,
      updated_at: file.updated_at,
      today_cost_usd: typeof file.today_cost_usd === "number" ? file.today_cost_usd : null,
      active: wholeOf(file.active),
      waiting: wholeOf(file.waiting),
      unread: wholeOf(file.unread),
      workspaces: typeof file.workspaces === "object" && file.workspaces !== null ? file.workspaces : {},
    };
  } catch {
    return null;
  }
}

/** Replaces the file as a whole, readable by its owner alone. Throws Node's own errors. */
export function writeStatuslineFile(path: string, file: StatuslineFile): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(file)}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function wholeOf(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
