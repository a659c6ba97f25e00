/** @module `clew migrate finish`: the files stay as they are, and nothing is written to them any more. */
import { ClewError } from "../../../../base/error.ts";
import type { Invocation } from "../../command.ts";
import { dim } from "../../render/piece.ts";
import { printCheck } from "./check.ts";
import { givenMigration } from "./given.ts";

export async function finishCommand(invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const { env, clock, out } = context;
  const migration = await givenMigration(invocation);
  if (migration.phase === "finished")
    throw new ClewError("usage", `the migration of ${migration.directory} is finished already`);
  const [{ syncMigration }, { openImportWriter }, { checkMigration }, { endMigration }] = await Promise.all([
    import("../../../../ingest/imports/migration/sync.ts"),
    import("../../../../ingest/imports/import-writer.ts"),
    import("../../../../ingest/imports/migration/check.ts"),
    import("../../../../ingest/imports/migration/begin.ts"),
  ]);
  const writer = openImportWriter(env, clock, "migrate");
  try {
    await syncMigration({ env, clock, writer, directory: migration.directory });
  } finally {
    writer.close();
  }
  const check = checkMigration(env, migration);
  const isFinished = check.consistent || flags.force === true;
  if (isFinished) endMigration(env, migration);
  if (flags.json) out.json({ ...check, phase: isFinished ? "finished" : "dual-write" });
  else {
    if (!check.consistent) printCheck(check, context);
    if (isFinished)
      out.line(
        `Finished: ${migration.directory} stays as it is. `,
        dim("`clew migrate rollback --to DIR` still leads back to files."),
      );
    else
      out.line(
        "Not finished: ",
        dim("`clew migrate sync --prefer store` settles the differences, --force leaves them."),
      );
  }
  return isFinished ? 0 : 1;
}
