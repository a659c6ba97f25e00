/** @module `clew migrate sync`: what is new in the files goes to the store, what is new in the store to the files. */
import { ClewError } from "../../../../base/error.ts";
import type { MigrationSync } from "../../../../model/import-answers.ts";
import { type Invocation, textFlag } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { count } from "../../render/formats.ts";
import { givenMigration } from "./given.ts";

/** Notes that are printed; --json has all. */
const SHOWN = 20;

export async function syncCommand(invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const { env, clock, out } = context;
  const prefer = textFlag(flags, "prefer");
  if (prefer !== undefined && prefer !== "store")
    throw new ClewError("usage", `--prefer takes store, not ${prefer}: to prefer a file, change the file again`);
  const migration = await givenMigration(invocation);
  if (migration.phase === "finished")
    throw new ClewError(
      "usage",
      `the migration of ${migration.directory} is finished: \`clew migrate start\` takes it up again`,
    );
  const [{ syncMigration }, { openImportWriter }] = await Promise.all([
    import("../../../../ingest/imports/migration/sync.ts"),
    import("../../../../ingest/imports/import-writer.ts"),
  ]);
  const writer = openImportWriter(env, clock, "migrate");
  let answer: MigrationSync | undefined;
  try {
    const isStorePreferred = prefer === "store";
    [answer] = await syncMigration({ env, clock, writer, directory: migration.directory, isStorePreferred });
  } finally {
    writer.close();
  }
  if (!answer) throw new ClewError("internal", `${migration.directory} was not looked at`);
  if (flags.json) out.json(answer);
  else {
    const { imported, created, updated } = answer;
    const parts = [
      `${count(imported)} files read`,
      `${count(created)} made`,
      `${count(updated)} brought up to the store`,
    ];
    out.line(imported + created + updated === 0 ? "Nothing new on either side." : `${parts.join(", ")}.`);
    printNotes(answer, context);
  }
  return answer.conflicts.length > 0 ? 1 : 0;
}

/** Conflicts and problems, to standard error. */
export function printNotes(
  { conflicts, problems }: Pick<MigrationSync, "conflicts" | "problems">,
  { err }: CliContext,
): void {
  const notes = [...conflicts, ...problems];
  for (const note of notes.slice(0, SHOWN)) err.line(`clew: ${note}`);
  if (notes.length > SHOWN) err.line(`clew: ${count(notes.length - SHOWN)} more: \`--json\` lists them`);
}
