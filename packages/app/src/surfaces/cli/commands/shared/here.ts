/** @module What commands stand in that write something down for others: the authoring of this place, and who writes. */
import type { Author } from "../../../../authoring/author.ts";
import type { Authoring, Written } from "../../../../authoring/open-authoring.ts";
import type { CliContext } from "../../context.ts";
import { dim } from "../../render/piece.ts";

export interface Here {
  readonly authoring: Authoring;
  readonly author: Author;
}

/** `session`: one that was named. */
export async function authoringHere<Answer>(
  context: CliContext,
  session: string | undefined,
  act: (here: Here) => Promise<Answer> | Answer,
): Promise<Answer> {
  const { openAuthoring } = await import("../../../../authoring/open-authoring.ts");
  const { env, clock } = context;
  const authoring = openAuthoring({ env, clock, cwd: workingDirectory(context) });
  try {
    return await act({ authoring, author: authoring.author(session) });
  } finally {
    authoring.close();
  }
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
