/** @module The list of log sources in config.yaml, changed without touching what else stands there, comments included. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { LogSourceConfig } from "../../../../base/config.ts";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths, type Environment } from "../../../../base/paths.ts";
import { ensurePrivateDirectory } from "../../../../base/private-directory.ts";

export type SourceChange = "added" | "changed" | "unchanged";

/** Adds a source, or changes the one of that path. Throws `io` for a file that is not as it should be. */
export async function putSource(env: Environment, source: LogSourceConfig): Promise<SourceChange> {
  return edit(env, (list) => {
    const at = list.findIndex((one) => pathOf(one) === source.path);
    if (at < 0) return [[...list, source], "added"];
    const before = typeof list[at] === "string" ? { path: list[at] } : (list[at] as LogSourceConfig);
    const after = { ...before, ...source };
    if (JSON.stringify(after) === JSON.stringify(before)) return [null, "unchanged"];
    return [list.with(at, after), "changed"];
  });
}

/** Takes a source away; false: there is none of that path. */
export async function dropSource(env: Environment, path: string): Promise<boolean> {
  return edit(env, (list) => {
    const rest = list.filter((one) => pathOf(one) !== path);
    return rest.length === list.length ? [null, false] : [rest, true];
  });
}

function pathOf(entry: unknown): unknown {
  return typeof entry === "string" ? entry : (entry as { readonly path?: unknown } | null)?.path;
}

type Edit<Result> = (list: readonly unknown[]) => readonly [after: readonly unknown[] | null, result: Result];

async function edit<Result>(env: Environment, change: Edit<Result>): Promise<Result> {
  const { config: path, home } = clewPaths(env);
  const [{ isSeq, parseDocument }, { replaceFile }] = await Promise.all([
    import("yaml"),
    import("../../../../setup/replace-file.ts"),
  ]);
  const expected = bytesOf(path);
  const document = parseDocument(expected?.toString("utf8") ?? "");
  const [error] = document.errors;
  if (error) throw new ClewError("io", `${path} is not YAML: ${error.message.split("\n")[0]}`);
  const root: unknown = document.toJS();
  if (root !== null && (typeof root !== "object" || Array.isArray(root)))
    throw new ClewError("io", `${path} is no list of settings by name: put it right, then try again`);
  const logs = (root as { readonly logs?: unknown } | null)?.logs ?? [];
  if (!Array.isArray(logs)) throw new ClewError("io", `logs in ${path} is no list: put it right, then try again`);
  const [after, result] = change(logs);
  if (after === null) return result;
  const node = document.get("logs");
  // Entries that stay keep their own nodes, and so their comments.
  const kept = isSeq(node) ? node.items : [];
  const items = after.map((entry) => {
    const at = logs.indexOf(entry);
    return at >= 0 && kept[at] !== undefined ? kept[at] : document.createNode(entry);
  });
  if (isSeq(node)) node.items = items;
  else if (root === null) document.contents = document.createNode({ logs: after }) as never;
  else document.set("logs", document.createNode(after));
  ensurePrivateDirectory(home);
  const unique = `${process.pid}-${randomBytes(6).toString("hex")}`;
  replaceFile(path, Buffer.from(document.toString({ lineWidth: 0 })), { expected, mode: 0o600, unique });
  return result;
}

function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new ClewError("io", `read ${path}: ${(error as Error).message}`, { cause: error });
  }
}
