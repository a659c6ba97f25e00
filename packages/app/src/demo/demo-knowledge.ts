/** @module What the made-up workspace's people and agents have written down: memory files with their versions, and a small graph. */
import { createHash } from "node:crypto";
import { correlationId, UNCORRELATED_SESSION } from "../base/ids.ts";
import type { ChangeData, ChangeTarget } from "../model/change.ts";
import type { Origin } from "../model/record.ts";
import type { DemoFile } from "./demo-session.ts";
import { ENTITIES, RELATIONS } from "./graph-facts.ts";
import { BREADBOX_FILES, GLOBAL_FILES, LANTERNFISH_FILES, TIDEWATCH_FILES } from "./memory-texts.ts";
import { createRandom } from "./random.ts";

export interface DemoKnowledgeOptions {
  /** Milliseconds UTC; nothing is later than that. */
  readonly now: number;
  /** That of the transcripts: their sessions are named. */
  readonly seed: string;
  /** The made-up sessions. */
  readonly files: readonly DemoFile[];
  /** The person at the machine, as sessions name them. */
  readonly person: string;
  /** Of a directory of the made-up sessions. */
  readonly placeOf: (cwd: string) => { readonly projectId: string; readonly workspaceId: string };
  /** Key of a memory file; null: global. */
  readonly keyOf: (projectId: string | null, path: string) => string;
}

/** One change, as a record of our own log. */
export interface DemoChange {
  readonly v: 1;
  readonly id: string;
  readonly ts: string;
  readonly correlation_id: string;
  readonly type: "change";
  readonly data: ChangeData & {
    readonly target: ChangeTarget;
    readonly subject: string;
    readonly author: string;
    readonly origin: Origin;
    readonly tainted: boolean;
  };
}

/** Who writes: the person at the machine, a project's agent, or somebody else. */
export type DemoWriter = "person" | "agent" | "noor";

export interface DemoFileText {
  readonly path: string;
  /** Oldest first. */
  readonly versions: readonly {
    readonly by: DemoWriter;
    /** When it was typed, or the key of the session in which it was written. */
    readonly daysAgo?: number;
    readonly session?: string;
    readonly tainted?: boolean;
    /** Its author had not seen the version before. */
    readonly beside?: boolean;
    readonly text: string;
  }[];
}

const DAY = 86_400_000;
/** Between two changes of a session. Milliseconds. */
const APART = 150;
const PROJECTS = { tidewatch: TIDEWATCH_FILES, breadbox: BREADBOX_FILES, lanternfish: LANTERNFISH_FILES } as const;
export type DemoProject = keyof typeof PROJECTS;

export function cwdOf(project: DemoProject): string {
  return `/home/mira/code/${project}`;
}

/** In the order of their times. */
export function demoKnowledge(options: DemoKnowledgeOptions): readonly DemoChange[] {
  const { now, seed, files: sessions, person, placeOf, keyOf } = options;
  const random = createRandom(`${seed}/knowledge`);
  const changes: DemoChange[] = [];

  /** At the end of its session, one after the other; else so many days ago. */
  function timeOf(sessionId: string | null, daysAgo: number): number {
    const file = sessionId !== null && sessions.find(({ path }) => path.endsWith(`/${sessionId}.jsonl`));
    if (!file) return Math.round(now - daysAgo * DAY);
    return Math.min(now, file.modifiedAt + changes.length * APART);
  }

  function write(
    project: DemoProject,
    { daysAgo = 0, by, session, tainted = false }: Omit<DemoFileText["versions"][number], "text">,
    target: ChangeTarget,
    subject: string,
    data: ChangeData,
  ): string {
    const id = random.uuid();
    const sessionId = session === undefined ? null : createRandom(`${seed}/${session}`).uuid();
    const author =
      by === "person" ? person : by === "noor" ? "person:noor@harbour-lights.example" : `claude-code@${project}`;
    changes.push({
      v: 1,
      id,
      ts: new Date(timeOf(sessionId, daysAgo)).toISOString(),
      correlation_id: correlationId(placeOf(cwdOf(project)).workspaceId, sessionId ?? UNCORRELATED_SESSION),
      type: "change",
      data: { target, subject, author, origin: by === "agent" ? "agent" : "human", tainted, ...data },
    });
    return id;
  }

  function files(project: DemoProject, projectId: string | null, list: readonly DemoFileText[]): void {
    for (const { path, versions } of list) {
      const subject = keyOf(projectId, path);
      let before: string | null = null;
      for (const { text, beside = false, ...when } of versions) {
        const title = /^(?:name: (.+)|#+ (.+))$/m.exec(text);
        const set = {
          content: text,
          title: title?.[1] ?? title?.[2] ?? null,
          ...(before === null && { path, ...(projectId !== null && { project: projectId }) }),
        };
        const replaces = before === null || beside ? {} : { replaces: { content: [before] } };
        before = write(project, when, "memory", subject, { set, ...replaces });
      }
    }
  }

  files("tidewatch", null, GLOBAL_FILES);
  for (const [name, list] of Object.entries(PROJECTS) as [DemoProject, readonly DemoFileText[]][])
    files(name, placeOf(cwdOf(name)).projectId, list);
  graph(write);
  return changes.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
}

type Write = (
  project: DemoProject,
  when: Omit<DemoFileText["versions"][number], "text">,
  target: ChangeTarget,
  subject: string,
  data: ChangeData,
) => string;

/** As an entity's first name makes it. */
function entityId(name: string): string {
  return `n-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}

function graph(write: Write): void {
  const made = new Map<string, string>();
  for (const { name, type, project, known, ...when } of ENTITIES) {
    const data = { set: { name, type }, add: { observations: known } };
    made.set(name, write(project, when, "entity", entityId(name), data));
  }
  for (const [from, type, to, project, session] of RELATIONS) {
    const ends = { from: entityId(from), to: entityId(to) };
    const id = `r-${createHash("sha256").update([ends.from, type, ends.to].join("|")).digest("hex").slice(0, 16)}`;
    write(project, { by: "agent", session }, "relation", id, { set: { ...ends, type } });
  }
  // What became of two of them: another name, and two that are one.
  const renamed = { set: { name: "Tide Office API" }, replaces: { name: [made.get("Tide API")!] } };
  write("tidewatch", { daysAgo: 3.9, by: "person" }, "entity", entityId("Tide API"), renamed);
  const heard = { add: { observations: ["A forum says that a key lifts the limit to 600"] } };
  write("tidewatch", { by: "agent", session: "storm", tainted: true }, "entity", entityId("Tide API"), heard);
  const merged = { set: { merged_into: entityId("forecast cache") } };
  write("tidewatch", { daysAgo: 4, by: "person" }, "entity", entityId("curve cache"), merged);
}
