/** @module The user's settings from config.yaml: what is right in it counts, what is wrong is named and left out. */
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { type MemorySourceConfig, memorySources } from "./memory-config.ts";

export interface ContextConfig {
  /** False: no session is given anything at its start. */
  readonly enabled: boolean;
  /** Workspaces' paths that are switched off (false) or on (true) by themselves. */
  readonly workspaces: Readonly<Record<string, boolean>>;
  /** Most tokens that a session is given; undefined: the default. */
  readonly tokens?: number;
}

/** Files of log lines that are read. */
export interface LogSourceConfig {
  /** A file, a directory, or a pattern with `*`, `?` and `**`; absolute, or below `~/`. */
  readonly path: string;
  /** Program that writes it, where its lines do not say. */
  readonly service?: string;
  /** A format of docs/logs.md; undefined: each line tells. */
  readonly format?: string;
  /** Directory that sessions belong to which only these lines name. */
  readonly workspace?: string;
  /** IANA name of the zone of times that name none; undefined: this machine's. */
  readonly zone?: string;
}

export interface ClewConfig {
  readonly context: ContextConfig;
  readonly logs: readonly LogSourceConfig[];
  readonly memory: readonly MemorySourceConfig[];
}

export interface ReadConfig {
  readonly config: ClewConfig;
  /** What is wrong with the file, one sentence each. */
  readonly problems: readonly string[];
}

export const DEFAULT_CONFIG: ClewConfig = { context: { enabled: true, workspaces: {} }, logs: [], memory: [] };
/** More is no file of settings. */
const LARGEST = 256 * 1024;

/**
 * Reads the file at `path` (clewPaths(env).config). A missing file is the default; the YAML reader is loaded only when
 * there is one. Never throws.
 */
export async function readConfig(path: string): Promise<ReadConfig> {
  let text: string;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > LARGEST) return failed(`${path} is larger than ${LARGEST} bytes`);
    text = bytes.toString("utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? { config: DEFAULT_CONFIG, problems: [] } : failed(message);
  }
  try {
    const { parse } = await import("yaml");
    return checkConfig(parse(text, { logLevel: "error", maxAliasCount: 20 }) as unknown);
  } catch (error) {
    return failed(`${path} is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** Settings in a parsed document. */
export function checkConfig(document: unknown): ReadConfig {
  if (document === null || document === undefined) return { config: DEFAULT_CONFIG, problems: [] };
  const problems: string[] = [];
  const root = recordOf(document, "the file", problems);
  const given = root.context === undefined ? {} : recordOf(root.context, "context", problems);
  for (const key of Object.keys(root))
    if (!["context", "logs", "memory"].includes(key)) problems.push(`${key} is no setting`);
  for (const key of Object.keys(given)) {
    if (!["enabled", "workspaces", "tokens"].includes(key)) problems.push(`context.${key} is no setting`);
  }
  const { enabled, tokens } = given;
  if (enabled !== undefined && typeof enabled !== "boolean") problems.push("context.enabled is true or false");
  const wholeTokens = typeof tokens === "number" && Number.isSafeInteger(tokens) && tokens >= 0;
  if (tokens !== undefined && !wholeTokens) problems.push("context.tokens is a whole number");
  return {
    config: {
      context: {
        enabled: enabled !== false,
        workspaces: workspacesOf(given.workspaces, problems),
        ...(wholeTokens && { tokens }),
      },
      logs: logsOf(root.logs, problems),
      memory: memorySources(root.memory, problems),
    },
    problems,
  };
}

function workspacesOf(value: unknown, problems: string[]): Readonly<Record<string, boolean>> {
  if (value === undefined) return {};
  const kept = Object.entries(recordOf(value, "context.workspaces", problems)).filter(([path, isOn]) => {
    if (typeof isOn === "boolean") return true;
    problems.push(`context.workspaces: ${path} is true or false`);
    return false;
  });
  return Object.fromEntries(kept) as Record<string, boolean>;
}

const LOG_SETTINGS = ["path", "service", "format", "workspace", "zone"] as const;
/** More is a mistake. */
const MOST_SOURCES = 1000;

function logsOf(value: unknown, problems: string[]): readonly LogSourceConfig[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.push("logs is a list of {path, service}");
    return [];
  }
  if (value.length > MOST_SOURCES) problems.push(`logs: only the first ${MOST_SOURCES} entries are read`);
  return value.slice(0, MOST_SOURCES).flatMap((entry: unknown, index): readonly LogSourceConfig[] => {
    const said = typeof entry === "string" ? { path: entry } : recordOf(entry, `logs[${index}]`, problems);
    const wrong = Object.keys(said).find((key) => !(LOG_SETTINGS as readonly string[]).includes(key));
    if (wrong !== undefined) problems.push(`logs[${index}].${wrong} is no setting`);
    const texts = LOG_SETTINGS.filter((key) => said[key] !== undefined).map((key) => [key, said[key]] as const);
    const noText = texts.find(([, text]) => typeof text !== "string" || text === "" || /[\n\0]/.test(text));
    if (noText) problems.push(`logs[${index}].${noText[0]} is a text of one line`);
    const source = Object.fromEntries(texts.filter((text) => text !== noText)) as Partial<LogSourceConfig>;
    const { path } = source;
    if (path !== undefined && (isAbsolute(path) || path.startsWith("~/"))) return [{ ...source, path }];
    if (noText?.[0] !== "path") problems.push(`logs[${index}].path is an absolute path`);
    return [];
  });
}

function recordOf(value: unknown, what: string, problems: string[]): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  problems.push(`${what} is a list of settings by name`);
  return {};
}

function failed(problem: string): ReadConfig {
  return { config: DEFAULT_CONFIG, problems: [problem] };
}
