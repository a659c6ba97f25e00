/** @module The migration that a command means. */
import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { Migration } from "../../../../ingest/imports/migration/migrations.ts";
import type { Invocation } from "../../command.ts";

/** The one of the named directory, else the only one. Throws `not_found` or `usage`. */
export async function givenMigration({ context, operands: [word] }: Invocation): Promise<Migration> {
  const { migrationOf } = await import("../../../../ingest/imports/migration/migrations.ts");
  const path = word === undefined ? null : resolve(word);
  return migrationOf(context.env, path !== null && existsSync(path) ? realpathSync(path) : path);
}
