/** @module For tests: a machine with memory files of its own, and what the commands do with them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { memoryHistory, memoryVersion } from "../query/memory-files.ts";
import { knownWorkspaces } from "../query/memory-workspaces.ts";
import { openMemoryBases } from "./memory-bases.ts";
import type { MemoryDirection } from "./memory-decide.ts";
import type { PutFile } from "./memory-disk.ts";
import { rootsNamed } from "./memory-items.ts";
import { type MemoryPlaces, memoryRoots, slugOfPath } from "./memory-places.ts";
import { restoreMemory } from "./memory-restore.ts";
import { type MemorySyncAnswer, syncMemory } from "./memory-sync.ts";
import { type Authoring, openAuthoring } from "./open-authoring.ts";

export interface MemoryBed {
  readonly home: string;
  readonly workspace: string;
  /** The client's directory for this workspace's memory. */
  readonly memory: string;
  /** Below `memory`, or absolute. */
  write(name: string, content: string | Buffer): string;
  /** Null: there is none. */
  read(name: string): string | null;
  path(name: string): string;
  run(direction: MemoryDirection, named?: readonly string[], dryRun?: boolean): Promise<MemorySyncAnswer>;
  restore(id: string, version: string): Promise<unknown>;
  /** Every text in a file's history, oldest first. */
  versions(id: string): readonly string[];
  withAuthoring<Answer>(act: (authoring: Authoring) => Promise<Answer> | Answer): Promise<Answer>;
  remove(): void;
}

export function memoryBed(putFile: PutFile): MemoryBed {
  const home = mkdtempSync(join(tmpdir(), "clew-memory-"));
  const workspace = join(home, "shop");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  const memory = join(home, ".claude", "projects", slugOfPath(workspace), "memory");
  mkdirSync(memory, { recursive: true });
  const env = { HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run"), CLEW_IDENTITY: "ada" };
  let now = Date.UTC(2026, 10, 21, 12);
  const path = (name: string): string => (name.startsWith("/") ? name : join(memory, name));

  async function withAuthoring<Answer>(act: (authoring: Authoring) => Promise<Answer> | Answer): Promise<Answer> {
    now += 1000;
    // No process of an agent is above it, whoever runs the tests.
    const authoring = openAuthoring({ env, clock: () => now, cwd: workspace, pid: 1 });
    try {
      return await act(authoring);
    } finally {
      authoring.close();
    }
  }
  function placesOf(authoring: Authoring): MemoryPlaces {
    const workspaces = authoring.read(knownWorkspaces) ?? [];
    return { env, place: authoring.place, cwd: workspace, workspaces, config: [] };
  }
  const services = (authoring: Authoring) => ({
    authoring,
    author: authoring.author(),
    bases: openMemoryBases(env.CLEW_HOME),
    putFile,
  });

  return {
    home,
    workspace,
    memory,
    path,
    write(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
    read: (name) => (existsSync(path(name)) ? readFileSync(path(name), "utf8") : null),
    run: (direction, named = [], dryRun = false) =>
      withAuthoring((authoring) => {
        const places = placesOf(authoring);
        const db = authoring.read((one) => one);
        const roots = named.length > 0 ? rootsNamed(places, named, db) : memoryRoots(places, "here");
        return syncMemory(services(authoring), { direction, roots, named: named.length > 0, dryRun });
      }),
    restore: (id, version) =>
      withAuthoring((authoring) => {
        const [root = null] = rootsNamed(
          placesOf(authoring),
          [id],
          authoring.read((one) => one),
        );
        return restoreMemory(services(authoring), { id, version, root, dryRun: false });
      }),
    versions(id) {
      const authoring = openAuthoring({ env, clock: () => now, cwd: workspace, pid: 1 });
      try {
        return (
          authoring.read((db) =>
            memoryHistory(db, id).flatMap(({ version, what }) => {
              const found = what === "content" ? memoryVersion(db, id, version) : null;
              return found?.kind === "one" ? [found.content] : [];
            }),
          ) ?? []
        );
      } finally {
        authoring.close();
      }
    },
    withAuthoring,
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
