/** @module What commands stand in that write something down for others: the authoring of this place, and who writes. */
import type { Author } from "../../../../authoring/author.ts";
import type { Authoring, Written } from "../../../../authoring/open-authoring.ts";
import type { MachineNames } from "../../../../authoring/recipient.ts";
import { errorForAgents, ForeignWordsError } from "../../../../base/foreign-words-error.ts";
import type { CliContext } from "../../context.ts";
import { dim } from "../../render/piece.ts";

export interface Here {
  readonly authoring: Authoring & MachineNames;
  readonly author: Author;
}

/** `session`: one that was named. Throws `usage` for a CLEW_IDENTITY that is none: nobody writes as somebody else unawares. */
export async function authoringHere<Answer>(
  context: CliContext,
  session: string | undefined,
  act: (here: Here) => Promise<Answer> | Answer,
): Promise<Answer> {
  const [{ openAuthoring }, { writerGiven }, { userNames }] = await Promise.all([
    import("../../../../authoring/open-authoring.ts"),
    import("../../../../place/identity.ts"),
    import("../../../../place/person.ts"),
  ]);
  const { env, clock } = context;
  const given = writerGiven(env);
  const authoring = { ...openAuthoring({ env, clock, cwd: workingDirectory(context) }), userNames: userNames(env) };
  try {
    return await act({ authoring, author: asGiven(authoring.author(session), given) });
  } catch (error) {
    throw error instanceof ForeignWordsError && authoring.author().origin === "agent" ? errorForAgents(error) : error;
  } finally {
    authoring.close();
  }
}

/** A person who is named writes as that person. An agent is itself, whatever is said. */
function asGiven(author: Author, given: string | null): Author {
  const isPerson = author.origin === "human" && given?.startsWith("person:") === true;
  return isPerson ? { ...author, identity: given, person: given } : author;
}

export function workingDirectory({ env }: CliContext): string {
  try {
    return process.cwd();
  } catch {
    return env.PWD ?? "/";
  }
}

/** On the way of errors, so that standard output is the answer and nothing else. */
export function sayWho({ err }: CliContext, { identity, sessionId, why }: Author): void {
  const where = sessionId === null ? why : `session ${sessionId}: ${why}`;
  err.line(dim(`by ${identity}; ${where}`));
}

/** What is odd, and that a busy writer has not come to it yet. */
export function sayOdd({ err }: CliContext, written: Written | null, warnings: readonly string[] = []): void {
  for (const warning of warnings) err.line({ text: "warning:", style: "yellow" }, ` ${warning}`);
  if (written && !written.isStored)
    err.line(
      { text: "warning:", style: "yellow" },
      " it is safe, and not stored yet: another process is writing, or the database cannot be written",
    );
}
