/** @module Made-up changes to entries and messages, as records of our own log: who, where and when around what was done. */
import { correlationId, UNCORRELATED_SESSION, workspaceIdOf } from "../base/ids.ts";
import type { ChangeData, ChangeTarget } from "../model/change.ts";
import type { DemoFile } from "./demo-session.ts";
import { createRandom } from "./random.ts";

/** A record as the spool takes it. */
export type DemoRecord = Readonly<Record<string, unknown>>;

export interface SharedPlan {
  /** Hours before now. */
  readonly hoursAgo: number;
  readonly author: string;
  /** Name of the project; it lies where its sessions are. */
  readonly project: string;
  /** Title of the session that it was written in; without one a person typed it somewhere else. */
  readonly session?: string;
  readonly tainted?: boolean;
}

export interface SharedScene {
  /** Writes one change down; answers its id. */
  change(plan: SharedPlan, target: ChangeTarget, subject: string, data: ChangeData): string;
  /** The same id for the same name. */
  subject(letter: "e" | "m", name: string): string;
  /** Where a text stands in the made-up sessions: the id of its event. */
  eventWith(text: string): string;
  projectId(project: string): string;
  workspaceId(project: string): string;
  /** Oldest first. */
  readonly records: () => readonly DemoRecord[];
}

const HOUR = 3_600_000;
const homeOf = (project: string): string => `/home/mira/code/${project}`;

/** `files`: the sessions around which it happened. */
export function sharedScene(seed: string, now: number, files: readonly DemoFile[]): SharedScene {
  const random = createRandom(`${seed}/shared`);
  const written: { readonly at: number; readonly record: DemoRecord }[] = [];
  const subjects = new Map<string, string>();
  const lines = files
    .filter(({ path }) => path.endsWith(".jsonl"))
    .flatMap(({ text }) => text.trimEnd().split("\n"))
    .map((line) => ({ line, record: JSON.parse(line) as { readonly uuid?: string; readonly sessionId?: string } }));
  const lineWith = (text: string, has: "uuid" | "sessionId"): string => {
    const found = lines.find(({ line, record }) => record[has] !== undefined && line.includes(text));
    if (!found) throw new Error(`no made-up session says ${text}`);
    return found.record[has]!;
  };
  return {
    change({ hoursAgo, author, project, session, tainted = false }, target, subject, data) {
      const id = random.uuid();
      const at = now - Math.round(hoursAgo * HOUR);
      const sessionId = session === undefined ? UNCORRELATED_SESSION : lineWith(JSON.stringify(session), "sessionId");
      const origin = author.startsWith("person:") ? "human" : "agent";
      written.push({
        at,
        record: {
          v: 1,
          id,
          ts: new Date(at).toISOString(),
          correlation_id: correlationId(workspaceIdOf(homeOf(project)), sessionId),
          type: "change",
          data: { target, subject, author, origin, tainted, ...data },
        },
      });
      return id;
    },
    subject(letter, name) {
      const id = subjects.get(letter + name) ?? `${letter}-${random.hex(12)}`;
      subjects.set(letter + name, id);
      return id;
    },
    eventWith: (text) => lineWith(text, "uuid"),
    projectId: (project) => `dir:${project}`,
    workspaceId: (project) => workspaceIdOf(homeOf(project)),
    records: () => written.toSorted((a, b) => a.at - b.at).map(({ record }) => record),
  };
}
