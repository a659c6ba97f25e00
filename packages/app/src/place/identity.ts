/** @module Who acts: an identity for every session, from what it was given, the user's rules, or its agent and project. Never null. */
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { ClewError } from "../base/error.ts";
import type { Environment } from "../base/paths.ts";
import type { Place } from "../model/place.ts";
import { createPersonResolver, personNamed } from "./person.ts";

export interface ResolvedIdentity {
  /** Agent on a platform, e.g. `claude-code@web`. */
  readonly identityId: string;
  /** The person at the machine, `person:<e-mail address or user name>`. */
  readonly personId: string;
}

/** `given`: an identity that the session itself carries; it goes before everything. */
export type IdentityResolver = (agent: string, place: Place, given?: string | null) => ResolvedIdentity;

export interface IdentityOptions {
  /** CLEW_IDENTITY here holds for every session that is asked about: whoever resolves for others leaves it out. */
  readonly env: Environment;
  /** base/paths.ts, clewPaths(env).identities. */
  readonly rulesPath: string;
  readonly userHome: string;
  /** A part of the rules that is not understood and therefore has no effect. */
  readonly onProblem?: (message: string) => void;
}

const MATCH_KEYS = ["project", "path", "agent", "workspace"] as const;
type MatchKey = (typeof MATCH_KEYS)[number];

interface IdentityRule {
  readonly match: Readonly<Partial<Record<MatchKey, string>>>;
  readonly identity: string;
}

const LONGEST_IDENTITY = 64;
const MOST_RULES_BYTES = 256 * 1024;
const MOST_RULES = 1000;

/** An identity as people may write it; null when it has other characters than `[A-Za-z0-9._@+-]` or none, or is too long. */
export function sanitisedIdentity(text: unknown): string | null {
  const word = typeof text === "string" ? text.trim() : "";
  return word.length <= LONGEST_IDENTITY && /^[A-Za-z0-9._@+-]+$/.test(word) ? word : null;
}

/**
 * Whom CLEW_IDENTITY means where somebody writes at a terminal: an identity, or a person as Clew prints one
 * (`person:ana@example.org`). Null: it is not set. Throws `usage` for what is neither.
 */
export function writerGiven({ CLEW_IDENTITY: text = "" }: Environment): string | null {
  if (text.trim() === "") return null;
  const given = sanitisedIdentity(text) ?? personNamed(text.trim());
  if (given !== null) return given;
  throw new ClewError(
    "usage",
    `CLEW_IDENTITY is no identity: ${JSON.stringify(text.slice(0, LONGEST_IDENTITY))}; it takes a word of letters, digits and . _ @ + - (at most ${LONGEST_IDENTITY}), or person: and an address`,
  );
}

/** Resolves identities; each workspace, agent and given identity is looked up once. Never throws. */
export function createIdentityResolver(options: IdentityOptions): IdentityResolver {
  const { env, rulesPath, userHome, onProblem = () => {} } = options;
  const personOf = createPersonResolver({ env, userHome });
  const known = new Map<string, ResolvedIdentity>();
  let rules: readonly IdentityRule[] | null = null;
  return (agent, place, given) => {
    const told = sanitisedIdentity(given) ?? sanitisedIdentity(env.CLEW_IDENTITY);
    const key = [place.workspaceId, place.projectId, agent, told ?? ""].join("\n");
    const before = known.get(key);
    if (before) return before;
    rules ??= readRules(rulesPath, onProblem);
    const rule = told === null ? rules.find(({ match }) => fits(match, agent, place)) : undefined;
    const resolved = {
      identityId: told ?? rule?.identity ?? `${agent}@${place.projectName}`,
      personId: personOf(place.workspacePath),
    };
    known.set(key, resolved);
    return resolved;
  };
}

function readRules(path: string, onProblem: (message: string) => void): readonly IdentityRule[] {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > MOST_RULES_BYTES) {
      onProblem(`${path} is not read: it is larger than ${MOST_RULES_BYTES / 1024} KB`);
      return [];
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") onProblem(`${path} cannot be read: ${message}`);
    return [];
  }
  try {
    // Most people have no rules: the parser is loaded for those who do.
    const { parse } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
    return rulesFrom(parse(text, { maxAliasCount: 0, logLevel: "error" }), (message) =>
      onProblem(`${path}: ${message}`),
    );
  } catch (error) {
    onProblem(`${path} is not read: ${(error as Error).message.split("\n")[0]}`);
    return [];
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function rulesFrom(document: unknown, onProblem: (message: string) => void): readonly IdentityRule[] {
  if (document === null || document === undefined) return [];
  const list = isRecord(document) ? document.identities : undefined;
  if (!Array.isArray(list)) {
    onProblem("there is no list `identities`");
    return [];
  }
  if (list.length > MOST_RULES) onProblem(`only the first ${MOST_RULES} rules are used`);
  return list.slice(0, MOST_RULES).flatMap((item: unknown, index) => {
    const rule = ruleFrom(item);
    if (typeof rule !== "string") return [rule];
    onProblem(`rule ${index + 1} has no effect: ${rule}`);
    return [];
  });
}

/** The rule, or why it is none. */
function ruleFrom(item: unknown): IdentityRule | string {
  if (!isRecord(item) || !isRecord(item.match)) return "it needs `match` and `identity`";
  const identity = sanitisedIdentity(item.identity);
  if (identity === null)
    return `its identity is no word of letters, digits and . _ @ + - (at most ${LONGEST_IDENTITY})`;
  const entries = Object.entries(item.match);
  if (entries.length === 0) return "its `match` is empty";
  for (const [key, pattern] of entries) {
    if (!MATCH_KEYS.some((known) => known === key)) return `\`${key}\` is none of ${MATCH_KEYS.join(", ")}`;
    if (typeof pattern !== "string" || pattern === "") return `\`${key}\` is no text`;
  }
  return { match: Object.fromEntries(entries) as IdentityRule["match"], identity };
}

/** All parts of a rule must fit. */
function fits(match: IdentityRule["match"], agent: string, place: Place): boolean {
  const values: Readonly<Record<MatchKey, readonly string[]>> = {
    project: [place.projectName, place.projectId],
    path: [place.workspacePath],
    agent: [agent],
    workspace: [place.workspaceName, place.workspaceId],
  };
  return MATCH_KEYS.every((key) => {
    const pattern = match[key];
    return pattern === undefined || values[key].some((value) => matches(pattern, value));
  });
}

/** Without `*` a part of the value, with it the whole. Letter case does not count. */
export function matches(pattern: string, value: string): boolean {
  const [wanted, text] = [pattern.toLowerCase(), value.toLowerCase()];
  const parts = wanted.split("*");
  if (parts.length === 1) return text.includes(wanted);
  const [first = "", last = ""] = [parts[0], parts.at(-1)];
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
