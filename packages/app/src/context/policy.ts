/** @module What may stand in a session's context: default deny. Own deliberate words pass, of everything else at most its number. */
import type { Provenance } from "../query/project-state.ts";

/**
 * words: said on purpose, to be read again. counts: figures of the record, and words from a fixed list. Everything that
 * stands in no class (titles, branches, file names, prompts, tool output, an assistant's text, commits) has no way in.
 */
export type ContentClass = "words" | "counts";

export const CONTENT = {
  outcome: "counts",
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
  if (from.tainted) return denied("written after text from elsewhere was read");
  if (from.person !== principal.personId) return denied("said at another person's hands");
  const isOwn = [principal.identityId, principal.scriptId, principal.personId].includes(from.author);
  if (!isOwn) return denied("written by another identity");
  if (from.origin === "import") return denied("brought in from elsewhere");
  // An agent keeps its todo list by its own tools; all other words have to be said to Clew.
  if (kind !== "todo" && !SAID_TO_CLEW.has(from.type)) return denied("not said on purpose");
  return { allowed: true, reason: from.author === principal.identityId ? "this agent's own words" : "your own words" };
}
