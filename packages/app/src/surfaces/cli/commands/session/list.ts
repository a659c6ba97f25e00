/** @module `clew session list`: the sessions that are registered on this machine now. */
import type { RegistryEntry } from "../../../../registry/registry.ts";
import type { Invocation } from "../../command.ts";
import { dim, type Piece, styled } from "../../render/piece.ts";
import { type Column, table } from "../../render/table.ts";
import { surroundings } from "./surroundings.ts";

type Row = RegistryEntry & { readonly state: "live" | "stale" };

const COLUMNS: readonly Column<Row>[] = [
  { title: "session", value: (row) => row.session_id, shrinkTo: 8 },
  { title: "state", value: ({ state }): Piece => (state === "live" ? styled("green", state) : dim(state)) },
  { title: "agent", value: (row) => row.agent, shrinkTo: 6 },
  { title: "identity", value: (row) => row.identity, shrinkTo: 10, leaves: 2 },
  { title: "process", value: (row) => String(row.pid), align: "right", leaves: 1 },
  { title: "started", value: (row) => row.started_at.slice(0, 19).replace("T", " "), leaves: 3 },
  { title: "workspace", value: (row) => row.workspace_path, shrinkTo: 12 },
];

export async function listCommand({ context, flags }: Invocation): Promise<number> {
  const { out, err } = context;
  const { registry } = await surroundings(context);
  const { entries, stale, corrupt, problem } = registry.list();
  const rows: readonly Row[] = [
    ...entries.map((entry) => ({ ...entry, state: "live" as const })),
    ...stale.map((entry) => ({ ...entry, state: "stale" as const })),
  ];
  if (flags.json) {
    const shown = rows.map(({ version: _, ...row }) => row);
    out.json({ rows: shown, total: rows.length, corrupt, directory: registry.directory, problem });
  } else {
    if (rows.length === 0) out.line(dim(`No session is registered in ${registry.directory}.`));
    else for (const line of table(COLUMNS, rows, out.width)) out.line(...line);
    if (corrupt > 0) out.line(dim(`${corrupt} ${corrupt === 1 ? "file is" : "files are"} not the registry's own.`));
    if (problem !== null) err.line(`clew: the registry is not believed: ${problem}`);
  }
  return problem === null ? 0 : 1;
}
