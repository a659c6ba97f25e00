/** @module For tests: a machine with memory files of its own, and what the commands do with them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Change } from "../model/change.ts";
import { memoryHistory, memoryVersion } from "../query/memory-files.ts";
import { everyChange } from "../query/memory-testing.ts";
import { knownWorkspaces } from "../query/memory-workspaces.ts";
import { approve } from "./approval.ts";
import { openMemoryBases } from "./memory-bases.ts";
import type { MemoryDirection } from "./memory-decide.ts";
import type { PutFile } from "./memory-disk.ts";
import { rootsNamed } from "./memory-items.ts";
import { type MemoryPlaces, memoryRoots, slugOfPath } from "./memory-places.ts";
import { memoryReader } from "./memory-reader.ts";
import { receiveChanges, type ToldChange } from "./memory-replica-testing.ts";
import { restoreMemory } from "./memory-restore.ts";
import { syncMemory } from "./memory-sync.ts";
import type { MemorySyncAnswer } from "./memory-sync-answer.ts";
import { waitingVersions } from "./memory-waiting.ts";
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
  /** What another device tells. */
  receive(changes: readonly ToldChange[]): Promise<void>;
  /** Everything that this device knows. */
  changes(): Promise<readonly Change[]>;
  /** The person approves what waits of a file; answers how much did. */
  approve(id: string): Promise<number>;
  remove(): void;
  /** How files are written from now on. */
  putFile: PutFile;
}

export interface MemoryBedOptions {
  /** Milliseconds by which its clock is wrong. */
  readonly skew?: number;
  /** Of whoever runs the commands. */
  readonly identity?: string;
  /** An agent's session that they run in. */
  readonly sessionId?: string;
}

export function memoryBed(putFile: PutFile, options: MemoryBedOptions = {}): MemoryBed {
  const { skew = 0, identity = "ada", sessionId } = options;
  const home = mkdtempSync(join(tmpdir(), "clew-memory-"));
  const workspace = join(home, "shop");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  const memory = join(home, ".claude", "projects", slugOfPath(workspace), "memory");
  mkdirSync(memory, { recursive: true });
  const env = {
    HOME: home,
    CLEW_HOME: join(home, "data"),
    CLEW_RUNTIME_DIR: join(home, "run"),
    CLEW_IDENTITY: identity,
    ...(sessionId && { CLAUDE_CODE_SESSION_ID: sessionId }),
  };
  let now = Date.UTC(2026, 10, 21, 12) + skew;
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
  const services = (authoring: Authoring) => {
    const author = authoring.author();
    const reader = memoryReader(author, authoring.place, env);
    return { authoring, author, reader, bases: openMemoryBases(env.CLEW_HOME, (act) => act()), putFile: bed.putFile };
  };

  const bed: MemoryBed = {
    putFile,
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
        return restoreMemory(services(authoring), { id, version, root, dryRun: false, isChosen: true });
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
    receive: (changes) => receiveChanges(env, () => (now += 1000), changes),
    changes: () => withAuthoring((authoring) => authoring.read(everyChange) ?? []),
    approve: (id) =>
      withAuthoring(async (authoring) => {
        const { author, reader } = services(authoring);
        const waiting = waitingVersions({ authoring, reader }, id);
        for (const { hash } of waiting) await approve(authoring, "memory", id, hash, author);
        return waiting.length;
      }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
  return bed;
}
