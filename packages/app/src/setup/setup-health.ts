/** @module Whether what setup did is still there and works: scripts, their command, the entries in settings. Reads only. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { getNodeValue, type Node } from "jsonc-parser";
import type { ClewPaths } from "../base/paths.ts";
import { bytesOf } from "./file-error.ts";
import { type HookScript, scriptOfHandler, scriptsOf } from "./handlers.ts";
import { RECORDED_HOOK_EVENTS } from "./hook-events.ts";
import { readReceipt } from "./receipt.ts";
import { COMMAND_FILES, installedScripts, SCRIPT_FILES } from "./scripts.ts";
import { elementsOf, parseSettings, propertyNamed, valueIn } from "./settings-text.ts";

export interface SetupProblem {
  readonly detail: string;
  /** What to do about it. */
  readonly fix: string;
}

export interface SetupHealth {
  /** Paths of the settings files that setup has changed; none: it never ran, or everything was undone. */
  readonly settings: readonly string[];
  readonly problems: readonly SetupProblem[];
}

const SETUP_AGAIN = "run `clew setup` again";

/** Never throws. */
export function setupHealth(paths: ClewPaths, platform: NodeJS.Platform = process.platform): SetupHealth {
  try {
    const settings = readReceipt(paths).settings.map(({ path }) => path);
    if (settings.length === 0) return { settings, problems: [] };
    const ofScripts =
      platform === "win32"
        ? []
        : [...scriptProblems(paths), ...COMMAND_FILES.flatMap((name) => commandProblems(join(paths.hooks, name)))];
    const problems = ofScripts.map((detail) => ({ detail, fix: SETUP_AGAIN }));
    return { settings, problems: [...problems, ...settings.flatMap((path) => settingsProblems(path, paths.hooks))] };
  } catch (error) {
    const fix = `make what is in ${paths.home} yours to read, then ${SETUP_AGAIN}`;
    return { settings: [], problems: [{ detail: (error as Error).message, fix }] };
  }
}

function scriptProblems(paths: ClewPaths): readonly string[] {
  const installed = installedScripts(paths);
  const missing = [...SCRIPT_FILES, ...COMMAND_FILES]
    .map((name) => join(paths.hooks, name))
    .filter((path) => !installed.includes(path));
  const idle = installed.filter((path) => basename(path).endsWith(".sh") && !isProgram(path));
  return [...missing.map((path) => `${path} is missing`), ...idle.map((path) => `${path} cannot be run`)];
}

/** The two lines that a script reads, judged as it does. */
function commandProblems(path: string): readonly string[] {
  const bytes = bytesOf(path);
  if (bytes === null) return [];
  const [node = "", program = ""] = bytes.toString("utf8").split("\n");
  if (!node || !program) return [`${path} does not hold two lines, node and the program`];
  const problems: string[] = [];
  if (!isFile(node)) problems.push(`${path} names ${node}, which does not exist`);
  else if (!isProgram(node)) problems.push(`${path} names ${node}, which cannot be run`);
  if (!isFile(program)) problems.push(`${path} names ${program}, which does not exist`);
  return problems;
}

function settingsProblems(path: string, hooks: string): readonly SetupProblem[] {
  let root: Node | null;
  try {
    const bytes = bytesOf(path);
    if (bytes === null)
      return [{ detail: `${path} does not exist any more`, fix: `${SETUP_AGAIN}, or \`clew unsetup\`` }];
    const settings = parseSettings(bytes, path);
    if (!settings.isStrict) {
      const detail = `${path} has comments or trailing commas: Claude Code ignores the whole file`;
      return [{ detail, fix: "make it plain JSON" }];
    }
    ({ root } = settings);
  } catch (error) {
    const detail = (error as Error).message.replace(/:? (?:correct it first, )?nothing was changed$/u, "");
    return [{ detail, fix: `correct ${path}, then ${SETUP_AGAIN}` }];
  }
  return entryProblems(path, root, hooks).map((detail) => ({ detail, fix: SETUP_AGAIN }));
}

function entryProblems(path: string, root: Node | null, hooks: string): readonly string[] {
  const found = propertyNamed(root, "hooks");
  const events = found && valueIn(found);
  const missing: string[] = [];
  const gone = new Set<string>();
  for (const event of RECORDED_HOOK_EVENTS) {
    const list = propertyNamed(events, event);
    const handlers = elementsOf(list && valueIn(list)).flatMap(handlersIn);
    const ours = new Map<HookScript, unknown>();
    for (const handler of handlers) {
      const script = scriptOfHandler(handler, hooks);
      if (script) ours.set(script, handler);
    }
    if (scriptsOf(event).some((script) => !ours.has(script))) missing.push(event);
    for (const handler of ours.values()) {
      const { command } = handler as { readonly command: string };
      if (!existsSync(command)) gone.add(command);
    }
  }
  const calls = [...gone].map((command) => `${path} calls ${command}, which does not exist`);
  if (missing.length === 0) return calls;
  const isNone = missing.length === RECORDED_HOOK_EVENTS.length;
  return [`${path} no longer holds Clew's hooks${isNone ? "" : ` for ${missing.join(", ")}`}`, ...calls];
}

function handlersIn(group: Node): readonly unknown[] {
  const list = propertyNamed(group, "hooks");
  return elementsOf(list && valueIn(list)).map((node) => getNodeValue(node) as unknown);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
