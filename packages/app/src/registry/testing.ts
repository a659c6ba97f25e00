/** @module A registry in a directory of its own, entries to put into it, and processes that exist only in a test. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workspaceIdOf } from "../base/ids.ts";
import type { Processes } from "./process.ts";
import type { NewRegistryEntry } from "./registry.ts";

/** 2026-03-10 12:00 UTC. */
export const REGISTRY_NOW: number = Date.UTC(2026, 2, 10, 12);

export function temporaryDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `clew-${name}-`));
}

export function testEntry(sessionId: string, more: Partial<NewRegistryEntry> = {}): NewRegistryEntry {
  const path = more.workspace_path ?? "/home/ada/web";
  return {
    session_id: sessionId,
    parent_session_id: null,
    workspace_id: workspaceIdOf(path),
    workspace_path: path,
    project: "web",
    identity: "claude-code@web",
    agent: "claude-code",
    pid: 100,
    process_started_at: "boot:1",
    cwd: path,
    started_at: new Date(REGISTRY_NOW).toISOString(),
    transcript_path: null,
    ...more,
  };
}

/** Live processes by number: whose child each is, and since when. */
export function fakeProcesses(
  table: ReadonlyMap<number, { readonly parent: number | null; readonly start: string | null }>,
): Processes {
  return {
    parentOf: (pid) => table.get(pid)?.parent ?? null,
    startOf: (pid) => table.get(pid)?.start ?? null,
    isAlive: (pid, startedAt) => {
      const found = table.get(pid);
      return found !== undefined && (startedAt === null || found.start === null || found.start === startedAt);
    },
    shellOf: (pid) => table.get(pid)?.parent ?? null,
  };
}
