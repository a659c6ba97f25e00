/** @module `clew logs add`, `remove` and `list`: which log files are read. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type LogSourceConfig, readConfig } from "../../../../base/config.ts";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths } from "../../../../base/paths.ts";
import type { DescribedSource } from "../../../../ingest/logs/describe-sources.ts";
import { logFiles, logPaths } from "../../../../query/log-files.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { ask, type CliContext } from "../../context.ts";
import { count, counted } from "../../render/formats.ts";
import { dim, styled } from "../../render/piece.ts";
import { type Column, table } from "../../render/table.ts";
import { isDaemonThere } from "../../without-daemon.ts";
import { dropSource, putSource } from "./config-file.ts";
import { formatFlag, serviceFlag, zoneFlag } from "./flags.ts";

/** Sentences about what cannot be read of what was added. */
const MOST_PROBLEMS = 5;

/** As it stands in the settings: absolute, and a pattern stays one. */
function pathOf(operand: string): string {
  return operand.startsWith("~/") ? operand : resolve(operand);
}

export async function addSource({ context, flags, operands }: Invocation): Promise<number> {
  const { env, out } = context;
  const path = pathOf(operands[0]!);
  const workspace = textFlag(flags, "workspace");
  const format = formatFlag(flags);
  const zone = zoneFlag(flags);
  const service = serviceFlag(flags);
  const source: LogSourceConfig = {
    path,
    ...(service !== undefined && { service }),
    ...(format !== undefined && { format }),
    ...(workspace !== undefined && { workspace: resolve(workspace) }),
    ...(zone !== undefined && { zone }),
  };
  if (source.workspace !== undefined && !statSync(source.workspace, { throwIfNoEntry: false })?.isDirectory())
    throw new ClewError("usage", `--workspace ${workspace} is no directory`);
  const change = await putSource(env, source);
  const [{ describeSources }, { expandHome }] = await Promise.all([
    import("../../../../ingest/logs/describe-sources.ts"),
    import("../../../../ingest/logs/log-source.ts"),
  ]);
  const place = expandHome(path, env);
  const isThere = /[*?]/.test(path) || existsSync(place);
  const problems = describeSources(env, [{ ...source, path: place }], [], [])
    .flatMap((one) => one.problems)
    .filter((problem) => problem !== `${place} is not there`);
  const hasDaemon = await isDaemonThere(env);
  if (flags.json) {
    out.json({ ...source, change, exists: isThere, problems, config: clewPaths(env).config });
    return 0;
  }
  out.line(change === "unchanged" ? "Was there already: " : change === "changed" ? "Changed: " : "Added: ", path);
  for (const problem of problems.slice(0, MOST_PROBLEMS)) out.line(styled("yellow", problem));
  if (problems.length > MOST_PROBLEMS)
    out.line(dim(`and ${count(problems.length - MOST_PROBLEMS)} more: \`clew logs list\` has all`));
  if (!isThere && problems.length === 0) out.line(dim("There is no such file yet; it is read when it comes."));
  out.line(
    dim(
      hasDaemon
        ? "The daemon reads it within a minute."
        : "`clew index` reads it; `clew up` or `clew daemon start` keep it current.",
    ),
  );
  return 0;
}

export async function removeSource({ context, flags, operands }: Invocation): Promise<number> {
  const { env, out } = context;
  const given = operands[0]!;
  const path = pathOf(given);
  const isGone = (await dropSource(env, path)) || (given !== path && (await dropSource(env, given)));
  if (!isGone) throw new ClewError("not_found", `${path} is no source of log lines: see \`clew logs list\``);
  if (flags.json) out.json({ path, removed: true });
  else out.line("Removed: ", path, dim(" (lines that were read stay)"));
  return 0;
}

/** Fields of docs/cli-json.md. */
interface SourceRow {
  readonly path: string;
  readonly service: string | null;
  readonly format: string | null;
  readonly workspace: string | null;
  readonly zone: string | null;
  readonly files: DescribedSource["files"];
  readonly lines: number;
  readonly uncorrelated: number;
  readonly last_line_at: string | null;
  readonly problems: readonly string[];
}

function rowOf({ source, files, lines, uncorrelated, lastLineAt, problems }: DescribedSource): SourceRow {
  const { path, service = null, format = null, workspace = null, zone = null } = source;
  const lastLine = lastLineAt === null ? null : new Date(lastLineAt).toISOString();
  return { path, service, format, workspace, zone, files, lines, uncorrelated, last_line_at: lastLine, problems };
}

export async function listSources({ context, flags }: Invocation): Promise<number> {
  const { env, out, err } = context;
  const [{ describeSources }, { expandHome }, read] = await Promise.all([
    import("../../../../ingest/logs/describe-sources.ts"),
    import("../../../../ingest/logs/log-source.ts"),
    readConfig(clewPaths(env).config),
  ]);
  const known = await ask(context, (db) => ({ files: logFiles(db), paths: logPaths(db) }));
  const sources = read.config.logs.map((source) => ({ ...source, path: expandHome(source.path, env) }));
  const rows = describeSources(env, sources, known?.files ?? [], known?.paths ?? []).map(rowOf);
  const listed = new Set(rows.flatMap((row) => row.files.map((file) => file.path)));
  const interactions = (known?.files ?? []).filter(({ format, path }) => format === "interaction" && !listed.has(path));
  const calls = interactions.reduce((sum, file) => sum + file.lines, 0);
  if (flags.json)
    out.json({
      rows,
      total: rows.length,
      interactions: { files: new Set(interactions.map(({ path }) => path)).size, lines: calls },
      problems: read.problems,
    });
  else {
    print(context, rows);
    if (interactions.length > 0)
      out.line(
        dim(
          `Beside them ${counted(new Set(interactions.map(({ path }) => path)).size, "interaction log")} of workspaces: ${counted(calls, "call")} of models.`,
        ),
      );
    for (const problem of read.problems) err.line(`clew: ${clewPaths(env).config}: ${problem}`);
  }
  return 0;
}

const COLUMNS: readonly Column<SourceRow>[] = [
  { title: "PATH", value: (row) => row.path, shrinkTo: 20 },
  { title: "SERVICE", value: (row) => row.service ?? "", shrinkTo: 8, leaves: 2 },
  { title: "FORMAT", value: formats, shrinkTo: 8, leaves: 3 },
  { title: "FILES", value: (row) => count(row.files.length), align: "right", leaves: 1 },
  { title: "LINES", value: (row) => count(row.lines), align: "right" },
  {
    title: "UNCORRELATED",
    value: (row) => (row.uncorrelated > 0 ? styled("yellow", count(row.uncorrelated)) : "0"),
    align: "right",
  },
  { title: "LAST LINE", value: (row) => row.last_line_at?.slice(0, 19).replace("T", " ") ?? "–", leaves: 1 },
];

/** As its lines are read, whatever was expected. */
function formats({ files, format }: SourceRow): string {
  const found = [...new Set(files.flatMap((file) => file.format ?? []))];
  return found.length > 0 ? found.join(" ") : (format ?? "");
}

function print({ out }: CliContext, rows: readonly SourceRow[]): void {
  if (rows.length === 0) out.line("No log files are read: `clew logs add PATH` adds one.");
  else for (const line of table(COLUMNS, rows, out.width)) out.line(...line);
  for (const problem of rows.flatMap((row) => row.problems)) out.line(styled("yellow", problem));
}
