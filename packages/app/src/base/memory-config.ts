/** @module The part of config.yaml that names further memory files. */
import { isAbsolute } from "node:path";

/** A Markdown file, or a directory whose Markdown files are meant, with those below. */
export interface MemorySourceConfig {
  /** Absolute, or below `~/`. */
  readonly path: string;
  /** Id or name of the project that they belong to; undefined: they are global. */
  readonly project?: string;
}

/** More is a mistake. */
const MOST = 200;
const SETTINGS: readonly string[] = ["path", "project"];

/** What is wrong goes into `problems` and is left out. */
export function memorySources(value: unknown, problems: string[]): readonly MemorySourceConfig[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.push("memory is a list of paths, or of {path, project}");
    return [];
  }
  if (value.length > MOST) problems.push(`memory: only the first ${MOST} entries are read`);
  return value.slice(0, MOST).flatMap((entry: unknown, index): readonly MemorySourceConfig[] => {
    const said: unknown = typeof entry === "string" ? { path: entry } : entry;
    if (typeof said !== "object" || said === null || Array.isArray(said)) {
      problems.push(`memory[${index}] is no path and no {path, project}`);
      return [];
    }
    const { path, project } = said as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(said).find((key) => !SETTINGS.includes(key));
    if (unknown !== undefined) problems.push(`memory[${index}].${unknown} is no setting`);
    if (project !== undefined && !isLine(project)) problems.push(`memory[${index}].project is a text of one line`);
    if (isLine(path) && (isAbsolute(path) || path.startsWith("~/")))
      return [{ path, ...(isLine(project) && { project }) }];
    problems.push(`memory[${index}].path is an absolute path`);
    return [];
  });
}

function isLine(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/[\n\0]/.test(value);
}
