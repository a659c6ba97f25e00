/** @module What the memory commands stand in: places, bases, a way to write files, and which files are meant. */
import type { ParsedArgs } from "citty";
import type { MemoryPlaces } from "../../../../authoring/memory-places.ts";
import type { MemorySyncServices } from "../../../../authoring/memory-sync.ts";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths } from "../../../../base/paths.ts";
import type { MemoryFileRow, MemoryScope } from "../../../../query/memory-files.ts";
import { textFlag } from "../../command.ts";
import type { CliContext } from "../../context.ts";
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
  const [{ readConfig }, { openMemoryBases }, { knownWorkspaces }, { replaceFile }] = await Promise.all([
    import("../../../../base/config.ts"),
    import("../../../../authoring/memory-bases.ts"),
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
export async function fileMeant({ authoring }: Here, word: string, scope: MemoryScope): Promise<MemoryFileRow> {
  const [{ memoryFilesNamed }, { severalFiles }] = await Promise.all([
    import("../../../../query/memory-files.ts"),
    import("../../../../authoring/memory-items.ts"),
  ]);
  const found = authoring.read((db) => memoryFilesNamed(db, word, scope)) ?? [];
  if (found.length > 1) throw severalFiles(word, found);
  const [one] = found;
  if (one) return one;
  const elsewhere =
    scope.projectId === null && scope.named === undefined ? "" : "; --all-projects looks in every project";
  throw new ClewError("not_found", `no memory file ${word}: \`clew memory list\` shows them${elsewhere}`);
}

/** What a project is called, where nothing else is known its id. */
export function projectName({ project, project_id }: Pick<MemoryFileRow, "project" | "project_id">): string {
  return project ?? project_id ?? "global";
}
