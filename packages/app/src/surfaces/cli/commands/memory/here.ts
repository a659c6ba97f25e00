/** @module What the memory commands stand in: places, bases, a way to write files, and which files are meant. */
import type { ParsedArgs } from "citty";
import type { MemoryBases } from "../../../../authoring/memory-bases.ts";
import type { MemoryPlaces, MemoryRoot } from "../../../../authoring/memory-places.ts";
import type { MemorySyncServices } from "../../../../authoring/memory-sync.ts";
import { ClewError } from "../../../../base/error.ts";
import { authorHandle } from "../../../../base/fence.ts";
import { isMadeId } from "../../../../base/made-id.ts";
import { clewPaths } from "../../../../base/paths.ts";
import type { MemoryFileRow, MemoryScope } from "../../../../query/memory-files.ts";
import { isKnownProject, nameOfProjectId } from "../../../../query/memory-projects.ts";
import { memoryWriters } from "../../../../query/memory-writers.ts";
import { textFlag } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { isForeign, type WrittenBy } from "../../render/foreign.ts";
import { dim } from "../../render/piece.ts";
import { authoringHere, type Here, workingDirectory } from "../shared/here.ts";
import { aloneIn } from "./turn.ts";

export interface MemoryHere extends MemorySyncServices {
  readonly places: MemoryPlaces;
  /** A sentence on the way of errors. */
  readonly say: (sentence: string) => void;
}

/** `cwd`: where it is, when that is not this process' directory. */
export async function memoryHere<Answer>(
  context: CliContext,
  session: string | undefined,
  act: (here: MemoryHere) => Promise<Answer> | Answer,
): Promise<Answer> {
  const [{ readConfig }, { memoryReader }, { knownWorkspaces }, { replaceFile }] = await Promise.all([
    import("../../../../base/config.ts"),
    import("../../../../authoring/memory-reader.ts"),
    import("../../../../query/memory-workspaces.ts"),
    import("../../../../setup/replace-file.ts"),
  ]);
  const { env, err } = context;
  const paths = clewPaths(env);
  const bases = await basesNow(context);
  const { config, problems } = await readConfig(paths.config);
  for (const problem of problems.filter((one) => one.startsWith("memory")))
    err.line({ text: "warning:", style: "yellow" }, ` config.yaml: ${problem}`);
  return authoringHere(context, session, (here) =>
    act({
      ...here,
      reader: memoryReader(here.author, here.authoring.place, env),
      bases,
      putFile: replaceFile,
      say: (sentence) => err.line(dim(sentence)),
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

/** As its file has them now. */
export async function basesNow({ env }: Pick<CliContext, "env">): Promise<MemoryBases> {
  const [{ openMemoryBases }, alone] = await Promise.all([
    import("../../../../authoring/memory-bases.ts"),
    aloneIn(env),
  ]);
  return openMemoryBases(clewPaths(env).home, alone);
}

/** This project's files and the global ones, another's, or everyone's. */
export function scopeFrom({ authoring }: Pick<Here, "authoring">, flags: ParsedArgs): MemoryScope {
  const named = textFlag(flags, "project");
  if (named !== undefined && flags["all-projects"] === true)
    throw new ClewError("usage", "give either --project or --all-projects");
  if (named !== undefined && authoring.read((db) => isKnownProject(db, named)) !== true)
    throw new ClewError(
      "usage",
      `no project ${named}: \`clew memory list --all-projects\` shows whose files there are`,
    );
  const projectId = flags["all-projects"] === true ? null : authoring.place.projectId;
  return { projectId, ...(named !== undefined && { named }) };
}

/**
 * The one file that a word means: an id, a key, a path on the disk as it is seen from here, or a path of the store. Throws
 * `not_found`, or `usage` with the candidates.
 */
export async function fileMeant(here: MemoryHere, word: string, scope: MemoryScope): Promise<MemoryFileRow> {
  const { authoring, places, say } = here;
  const [{ memoryFilesNamed }, { severalFiles, storedAt }] = await Promise.all([
    import("../../../../query/memory-files.ts"),
    import("../../../../authoring/memory-items.ts"),
  ]);
  const found = authoring.read((db) => memoryFilesNamed(db, word, scope)) ?? [];
  const isExact = found.length === 1 && [found[0]!.id, found[0]!.key].includes(word);
  const near = isExact || scope.named !== undefined ? null : authoring.read((db) => storedAt(db, places, word));
  if (near) {
    const others = found.filter(({ id }) => id !== near.file.id).map(({ key }) => key);
    if (others.length > 0) say(`${near.location}; also of that name: ${others.join(", ")}`);
    return near.file;
  }
  if (found.length > 1) throw severalFiles(word, found);
  const [one] = found;
  if (one) return one;
  const elsewhere =
    scope.projectId === null && scope.named === undefined ? "" : "; --all-projects looks in every project";
  throw new ClewError("not_found", `no memory file ${word}: \`clew memory list\` shows them${elsewhere}`);
}

type MemoryRow = Pick<MemoryFileRow, "id" | "changed_by" | "tainted">;

/** Everybody who has written in it, for an agent: what stands may have kept their words, its path too. */
export function writtenIn({ authoring, author }: Here, { id, changed_by, tainted }: MemoryRow): WrittenBy {
  const last = { authors: [changed_by], tainted };
  if (author.origin !== "agent") return last;
  const all = authoring.read((db) => memoryWriters(db, id)) ?? last;
  return { authors: [...new Set([...all.authors, changed_by])], tainted: all.tainted || tainted };
}

/** Whether an agent would read words of others in it: then it goes by its key, as its path is words, too. */
export function isOfOthers(here: Here, file: MemoryRow): boolean {
  return isForeign(here.author, writtenIn(here, file));
}

export function nameFor(here: Here, file: MemoryFileRow): string {
  return isOfOthers(here, file) ? file.key : file.path;
}

/** A version's or a session's id where an agent may read it: others' may be words. */
export function versionFor({ author }: Here, id: string): string {
  return author.origin === "human" || isMadeId(id) ? id : "unnamed";
}

/** As a reader may see an identity beside what is in no fence. */
export function whoFor({ author }: Here, identity: string): string {
  return author.origin === "agent" ? authorHandle(identity) : identity;
}

/** As `fileMeant`, of this project and the global ones first, then of any. */
export async function fileAnywhere(here: MemoryHere, word: string): Promise<MemoryFileRow> {
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

/** What a project is called; one without sessions by the last part of its id. */
export function projectName({ project, project_id }: Pick<MemoryFileRow, "project" | "project_id">): string {
  if (project !== null) return project;
  return project_id === null ? "global" : nameOfProjectId(project_id);
}
