/** @module What may stand in a session's context: default deny. Own deliberate words pass, of everything else at most its number. */
import type { Provenance } from "../query/project-state.ts";
import type { OpenEntry } from "../query/shared-context.ts";

/**
 * words: said on purpose, to be read again. counts: figures of the record, and words from a fixed list. Everything that
 * stands in no class (titles, branches, file names, prompts, tool output, an assistant's text, commits) has no way in.
 */
export type ContentClass = "words" | "counts";

export const CONTENT = {
  outcome: "counts",
  inbox: "counts",
  kept_back: "counts",
  entry: "words",
  summary: "words",
  focus: "words",
  next_step: "words",
  todo: "words",
  decision: "words",
  learning: "words",
  task_completed: "words",
} as const satisfies Readonly<Record<string, ContentClass>>;

export type ContentKind = keyof typeof CONTENT;

/** On whose behalf a session starts. */
export interface Principal {
  /** The agent's identity in this project. */
  readonly identityId: string;
  /** The identity under which the person's own commands write here, outside of any agent's session. */
  readonly scriptId: string;
  /** The person at whose hands all of them are. */
  readonly personId: string;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
}

/** Why words of one's own are not passed on by themselves. */
export const AFTER_READING = "written after text from elsewhere was read";

/** Events that are words to Clew, meant for later. */
const SAID_TO_CLEW: ReadonlySet<string> = new Set(["session.state", "session.outcome"]);

/**
 * Whether words may be passed on. `isHere` tells whether a workspace belongs to the one that the session starts in. An event
 * that is gone, or whose author is not known to be the session's own, is another's.
 */
export function judgeWords(
  kind: ContentKind,
  from: Provenance | null,
  principal: Principal,
  isHere: (workspace: Pick<Provenance, "workspace_id" | "workspace_path">) => boolean,
): Verdict {
  const denied = (reason: string): Verdict => ({ allowed: false, reason });
  if (CONTENT[kind] !== "words") return denied("only figures of this kind are passed on");
  if (!from) return denied("nothing says who wrote it");
  if (!isHere(from)) return denied("saved in another directory of the same name");
  if (from.person !== principal.personId) return denied("said at another person's hands");
  const isOwn = [principal.identityId, principal.scriptId, principal.personId].includes(from.author);
  if (!isOwn) return denied("written by another identity");
  if (from.origin === "import") return denied("brought in from elsewhere");
  // An agent keeps its todo list by its own tools; all other words have to be said to Clew.
  if (kind !== "todo" && !SAID_TO_CLEW.has(from.type)) return denied("not said on purpose");
  // Last: what is kept back for this alone is counted in the context itself.
  if (from.tainted) return denied(AFTER_READING);
  return { allowed: true, reason: from.author === principal.identityId ? "this agent's own words" : "your own words" };
}

/** A path in which nothing lies. */
const NOWHERE = "\0";

/** What Clew itself calls an entry: nobody's words. */
const ENTRY_ID = /^e-[0-9a-f]{12}$/;

/**
 * Whether an open entry's title may be passed on: typed by the person, of whom nobody else has touched it, in this project. An
 * agent's own entries are only counted: it may have been talked into them.
 */
export function judgeEntry(
  entry: OpenEntry,
  principal: Principal,
  isHere: (workspace: Pick<Provenance, "workspace_id" | "workspace_path">) => boolean,
): Verdict {
  const denied = (reason: string): Verdict => ({ allowed: false, reason });
  const { workspaceId: workspace_id, workspacePath: workspace_path, titleBy, titleOrigin } = entry;
  if (titleBy === null || titleOrigin === null || !ENTRY_ID.test(entry.entryId))
    return denied("nothing says who wrote it");
  if (workspace_id === null) return denied("nothing says where it was written");
  // Of a directory that no session has been in only its id is known.
  if (!isHere({ workspace_id, workspace_path: workspace_path ?? NOWHERE }))
    return denied("written in another directory of the same name");
  const own = [principal.identityId, principal.scriptId, principal.personId];
  if (!own.includes(titleBy) || !own.includes(entry.createdBy)) return denied("written by another identity");
  if (entry.isDisputed) return denied("it has several titles");
  if (entry.tainted || entry.titleTainted) return denied(AFTER_READING);
  if (titleOrigin !== "human" || entry.createdOrigin !== "human") return denied("not typed by you");
  return { allowed: true, reason: "your own words" };
}
