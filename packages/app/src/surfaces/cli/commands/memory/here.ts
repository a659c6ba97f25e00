/** @module What the memory commands stand in: places, bases, a way to write files, and which files are meant. */
import type { ParsedArgs } from "citty";
import type { MemoryPlaces, MemoryRoot } from "../../../../authoring/memory-places.ts";
import type { MemorySyncServices } from "../../../../authoring/memory-sync.ts";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths } from "../../../../base/paths.ts";
import type { MemoryFileRow, MemoryScope } from "../../../../query/memory-files.ts";
import { textFlag } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { isForeign, type ReadBy } from "../../render/foreign.ts";
import { authoringHere, type Here, workingDirectory } from "../shared/here.ts";

export interface MemoryHere extends MemorySyncServices {
  readonly places: MemoryPlaces;
}

/** `cwd`: where it is, when that is not this process' directory. */
export async function memoryHere<Answer>(
  context: CliContext,
  session: string | undefined,
  act: (here: MemoryHere) => Promise<Answer> | Answer,
): Promise<Answer> {
  const [{ readConfig }, { openMemoryBases }, { memoryReader }, { knownWorkspaces }, { replaceFile }] =
    await Promise.all([
      import("../../../../base/config.ts"),
      import("../../../../authoring/memory-bases.ts"),
      import("../../../../authoring/memory-reader.ts"),
      import("../../../../query/memory-workspaces.ts"),
      import("../../../../setup/replace-file.ts"),
    ]);
  const { env, err } = context;
  const paths = clewPaths(env);
  const { config, problems } = await readConfig(paths.config);
  for (const problem of problems.filter((one) => one.startsWith("memory")))
    err.line({ text: "warning:", style: "yellow" }, ` config.yaml: ${problem}`);
  return authoringHere(context, session, (here) =>
    act({
      ...here,
      reader: memoryReader(here.author, here.authoring.place, env),
      bases: openMemoryBases(paths.home),
      putFile: replaceFile,
      places: {
        env,
        place: here.authoring.place,
        cwd: workingDirectory(context),
        workspaces: here.authoring.read(knownWorkspaces) ?? [],
        config: config.memory,
      },
    }),
  );
}

/** This project's files and the global ones, another's, or everyone's. */
export function scopeFrom({ authoring }: Pick<Here, "authoring">, flags: ParsedArgs): MemoryScope {
  const named = textFlag(flags, "project");
  if (named !== undefined && flags["all-projects"] === true)
    throw new ClewError("usage", "give either --project or --all-projects");
  const projectId = flags["all-projects"] === true ? null : authoring.place.projectId;
  return { projectId, ...(named !== undefined && { named }) };
}

/** The one file that a word means. Throws `not_found`, or `usage` with the candidates. */
export async function fileMeant({ authoring, author }: Here, word: string, scope: MemoryScope): Promise<MemoryFileRow> {
  const [{ memoryFilesNamed }, { severalFiles }] = await Promise.all([
    import("../../../../query/memory-files.ts"),
    import("../../../../authoring/memory-items.ts"),
  ]);
  const found = authoring.read((db) => memoryFilesNamed(db, word, scope)) ?? [];
  if (found.length > 1)
    throw severalFiles(
      word,
      found.map((row) => ({ ...row, id: isOfOthers(author, row) ? row.key : row.id })),
    );
  const [one] = found;
  if (one) return one;
  const elsewhere =
    scope.projectId === null && scope.named === undefined ? "" : "; --all-projects looks in every project";
  throw new ClewError("not_found", `no memory file ${word}: \`clew memory list\` shows them${elsewhere}`);
}

/** Whether an agent would read words of others in it: then it goes by its key, as its path is words, too. */
export function isOfOthers(reader: ReadBy, { changed_by, tainted }: MemoryFileRow): boolean {
  return isForeign(reader, { authors: [changed_by], tainted });
}

export function nameFor(reader: ReadBy, file: MemoryFileRow): string {
  return isOfOthers(reader, file) ? file.key : file.path;
}

/** As `fileMeant`, of this project and the global ones first, then of any. */
export async function fileAnywhere(here: Here, word: string): Promise<MemoryFileRow> {
  try {
    return await fileMeant(here, word, { projectId: here.authoring.place.projectId });
  } catch (error) {
    if (error instanceof ClewError && error.code === "not_found") return fileMeant(here, word, { projectId: null });
    throw error;
  }
}

export interface DiskPlace {
  readonly location: string;
  readonly root: MemoryRoot;
}

/** Where a file of the store lies on this machine, or would; null: its project is not here. */
export async function placeOf({ authoring, places }: MemoryHere, id: string): Promise<DiskPlace | null> {
  const { rootsNamed } = await import("../../../../authoring/memory-items.ts");
  const db = authoring.read((one) => one);
  try {
    const [root] = rootsNamed(places, [id], db);
    return root ? { location: root.path, root } : null;
  } catch (error) {
    if (error instanceof ClewError && error.code === "not_found") return null;
    throw error;
  }
}

/** The text that lies there; null: none. Throws `io` for what is no memory file. */
export async function safelyRead({ location }: DiskPlace): Promise<string | null> {
  const { readMemoryFile } = await import("../../../../authoring/memory-read.ts");
  const read = readMemoryFile(location);
  if (typeof read === "string") throw new ClewError("io", read);
  return read?.content ?? null;
}

/** What a project is called, where nothing else is known its id. */
export function projectName({ project, project_id }: Pick<MemoryFileRow, "project" | "project_id">): string {
  return project ?? project_id ?? "global";
}
