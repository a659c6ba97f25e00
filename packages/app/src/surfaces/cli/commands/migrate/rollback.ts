/** @module `clew migrate rollback --to DIR`: every session of the migration as a file again. */
import { resolve } from "node:path";
import { ClewError } from "../../../../base/error.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { count } from "../../render/formats.ts";
import { givenMigration } from "./given.ts";
import { printNotes } from "./sync.ts";

export async function rollbackCommand(invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const { env, out } = context;
  const to = textFlag(flags, "to");
  if (to === undefined) throw new ClewError("usage", "clew migrate rollback needs --to DIR");
  const migration = await givenMigration(invocation);
  const { rollBack } = await import("../../../../ingest/imports/migration/rollback.ts");
  const answer = rollBack(env, migration, resolve(to));
  if (flags.json) out.json(answer);
  else {
    const { original, written, present, conflicts } = answer;
    const parts = [`${count(original)} files as they were read`, `${count(written)} written from the store`];
    if (present > 0) parts.push(`${count(present)} were there already`);
    out.line(`${answer.to}: ${parts.join(", ")}.`);
    printNotes({ conflicts, problems: [] }, context);
  }
  return answer.conflicts.length > 0 ? 1 : 0;
}
