/** @module The memory files that lie on this machine, read once each. What cannot be read is a sentence, and never a deletion. */
import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { memoryPathProblem, memorySubject, subjectProblem } from "../query/memory-key.ts";
import type { MemoryRoot } from "./memory-places.ts";
import { hashOf, readMemoryFile, reasonOf } from "./memory-read.ts";

export { hashOf, readMemoryFile };

const DEEPEST = 12;
const MOST_FILES = 5000;

export interface DiskFile {
  /** Where it was found. */
  readonly location: string;
  /** Without links: what is written. */
  readonly real: string;
  readonly subject: string;
  readonly projectId: string | null;
  /** In the store. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly content: string;
  readonly sha256: string;
  readonly root: MemoryRoot;
}

export interface MemoryProblem {
  readonly path: string;
  /** A sentence about it, that names it. */
  readonly message: string;
}

export interface MemoryScan {
  readonly files: readonly DiskFile[];
  readonly problems: readonly MemoryProblem[];
  /** Roots of which is known what lies there: what is missing in them is gone. */
  readonly readable: ReadonlySet<MemoryRoot>;
  /** Locations of files that went while they were looked at: what became of them, the next look tells. */
  readonly vanished: ReadonlySet<string>;
}

interface Scanning {
  readonly vanished: Set<string>;
  readonly files: DiskFile[];
  readonly problems: MemoryProblem[];
  /** Real paths that were looked at. */
  readonly seen: Set<string>;
}

export function scanMemory(roots: readonly MemoryRoot[]): MemoryScan {
  const scanning: Scanning = { files: [], problems: [], seen: new Set(), vanished: new Set() };
  const readable = new Set<MemoryRoot>();
  for (const root of roots) {
    const before = scanning.problems.length;
    const isThere =
      root.kind === "file" ? readRootFile(root, scanning) : readDirectory(root, root.path, "", 0, scanning);
    if (isThere && scanning.problems.length === before) readable.add(root);
  }
  const { kept, problems, roots: withTwins } = withoutTwins(scanning.files);
  for (const root of withTwins) readable.delete(root);
  const { vanished } = scanning;
  return { files: kept, problems: [...scanning.problems, ...problems], readable, vanished };
}

/** True: its directory is there, so that the file, if it is not, was taken away. */
function readRootFile(root: MemoryRoot, scanning: Scanning): boolean {
  const parent = statSync(join(root.path, ".."), { throwIfNoEntry: false });
  readOne(root, root.path, root.prefix, scanning);
  return parent?.isDirectory() ?? false;
}

/** False: there is no such directory. */
function readDirectory(root: MemoryRoot, directory: string, below: string, depth: number, scanning: Scanning): boolean {
  const { problems, seen } = scanning;
  const tell = (message: string): true => {
    problems.push({ path: directory, message });
    return true;
  };
  let entries: Dirent[];
  try {
    const real = realpathSync(directory);
    if (seen.has(real))
      return (
        depth === 0 ||
        tell(`${directory} leads to a directory that is read already: a loop of links, or two ways to one`)
      );
    if (isOutside(root, real))
      return tell(`${directory} is a link that leads out of ${root.bounds}: it is not followed`);
    seen.add(real);
    if (depth > DEEPEST) return tell(`${directory} is deeper than ${DEEPEST} directories: it is not read`);
    entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (depth === 0 && (code === "ENOENT" || code === "ENOTDIR")) return false;
    return tell(
      code === "ELOOP" ? `${directory} is a loop of links` : `${directory} cannot be read: ${reasonOf(code, message)}`,
    );
  }
  for (const entry of entries) {
    const [path, name] = [join(directory, entry.name), `${below}${entry.name}`];
    if (entry.name.includes("\uFFFD") && !isThere(path)) {
      problems.push({ path, message: `${path} cannot be kept: its name is no text in UTF-8` });
    } else if (entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(path))) {
      readDirectory(root, path, `${name}/`, depth + 1, scanning);
    } else if (/\.md$/i.test(entry.name) && !readOne(root, path, root.prefix + name, scanning))
      scanning.vanished.add(path);
  }
  return true;
}

/** False: nothing is there. */
function readOne(root: MemoryRoot, location: string, path: string, scanning: Scanning): boolean {
  const found = diskFile(root, location, path, scanning);
  if (typeof found === "string") scanning.problems.push({ path: location, message: found });
  else if (typeof found === "object" && found !== null) scanning.files.push(found);
  return found !== null;
}

/** Null: nothing is there. Undefined: it was read already. */
function diskFile(
  root: MemoryRoot,
  location: string,
  path: string,
  { files, seen }: Scanning,
): DiskFile | string | null | undefined {
  const read = readMemoryFile(location);
  if (read === null || typeof read === "string") return read;
  const { real, bytes, content } = read;
  // The same file by another way.
  if (seen.has(real)) return undefined;
  if (!/\.md$/i.test(real)) return `${location} is a link to a file that is no .md file: it is not read`;
  if (isOutside(root, real)) return `${location} is a link that leads out of ${root.bounds}: it is not followed`;
  const subject = memorySubject(root.projectId, path);
  const wrong = memoryPathProblem(path) ?? subjectProblem(subject);
  if (wrong !== null) return `${location} cannot be kept: ${wrong}`;
  if (files.length >= MOST_FILES) return `${location} is not read: there are more than ${MOST_FILES} memory files`;
  seen.add(real);
  return { location, real, subject, projectId: root.projectId, path, bytes, content, sha256: hashOf(content), root };
}

function isOutside({ bounds }: MemoryRoot, real: string): boolean {
  if (bounds === null) return false;
  const within = realpathSync(bounds);
  return real !== within && !real.startsWith(within + sep);
}

/** Of a name that is no UTF-8 only a likeness is known, which leads nowhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Two names that are one where letter case does not count: neither is taken, so that neither replaces the other. */
function withoutTwins(files: readonly DiskFile[]): {
  readonly kept: readonly DiskFile[];
  readonly problems: readonly MemoryProblem[];
  readonly roots: readonly MemoryRoot[];
} {
  const groups = new Map<string, DiskFile[]>();
  for (const file of files) {
    groups.set(keyOf(file), [...(groups.get(keyOf(file)) ?? []), file]);
  }
  const problems: MemoryProblem[] = [];
  for (const twins of groups.values()) {
    if (twins.length < 2) continue;
    const names = twins.map(({ location }) => location).join(" and ");
    problems.push({
      path: twins[0]!.location,
      message: `${names} are one file where letter case does not count: rename one, until then neither is kept`,
    });
  }
  const isAlone = (file: DiskFile): boolean => groups.get(keyOf(file))!.length === 1;
  return {
    kept: files.filter(isAlone),
    problems,
    roots: files.filter((file) => !isAlone(file)).map(({ root }) => root),
  };
}

function keyOf({ location }: DiskFile): string {
  return location.normalize("NFC").toLowerCase();
}
