/** @module `clew migrate status`: where each migration stands. */
import type { Invocation } from "../../command.ts";
import { count } from "../../render/formats.ts";
import { dim } from "../../render/piece.ts";
import { givenMigration } from "./given.ts";

export async function statusCommand(invocation: Invocation): Promise<number> {
  const { context, flags, operands } = invocation;
  const { env, out } = context;
  const { readMigrations } = await import("../../../../ingest/imports/migration/migrations.ts");
  const migrations = operands.length > 0 ? [await givenMigration(invocation)] : readMigrations(env);
  if (migrations.length === 0 && !flags.json) {
    out.line("No migration is known: ", dim("`clew migrate start DIR` begins one."));
    return 0;
  }
  const { checkMigration } = await import("../../../../ingest/imports/migration/check.ts");
  const rows = migrations.map((migration) => {
    const check = checkMigration(env, migration);
    const { directory, phase, workspaces, started_at, files, sessions, consistent } = check;
    const different = check.differing.length + check.missing_in_store.length + check.missing_in_files.length;
    return { directory, phase, workspaces, started_at, files, sessions, consistent, different };
  });
  if (flags.json) out.json({ rows });
  else
    for (const row of rows) {
      out.line(row.directory, dim(`  since ${row.started_at.slice(0, 10)}`));
      out.line(
        `  ${row.phase === "dual-write" ? "both are kept alike" : "finished: nothing is written to it any more"}`,
      );
      for (const path of row.workspaces) out.line(`  workspace ${path}`);
      const state = row.consistent
        ? "no difference"
        : `${count(row.different)} differ: \`clew migrate check\` says how`;
      out.line(`  ${count(row.files)} files, ${count(row.sessions)} sessions, ${state}`);
    }
  return rows.every(({ consistent }) => consistent) ? 0 : 1;
}
