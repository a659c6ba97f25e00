/** @module `clew migrate start DIR`: everything in the directory is read in, and from then on kept alike. */
import { resolve } from "node:path";
import { listFlag } from "../../arguments.ts";
import type { Invocation } from "../../command.ts";
import { count } from "../../render/formats.ts";
import { dim } from "../../render/piece.ts";
import { printNotes } from "./sync.ts";

export async function startCommand({ context, flags, operands: [directory = ""] }: Invocation): Promise<number> {
  const { env, clock, out } = context;
  const { beginMigration } = await import("../../../../ingest/imports/migration/begin.ts");
  const { migration, sync } = await beginMigration({
    env,
    clock,
    directory: resolve(directory),
    workspaces: listFlag(flags, "workspace").map((path) => resolve(path)),
    cwd: process.cwd(),
  });
  const workspaces = migration.workspaces.map(({ path }) => path);
  if (flags.json) {
    out.json({ ...sync, phase: migration.phase, workspaces });
    return 0;
  }
  out.line(`${count(sync.imported)} files are read, ${count(sync.new_events)} new events are stored.`);
  for (const path of workspaces) out.line(`Sessions of ${path} are written to ${migration.directory} too.`);
  out.line(dim("`clew migrate sync` brings both together again; `clew migrate check` says how they differ."));
  printNotes(sync, context);
  return 0;
}
