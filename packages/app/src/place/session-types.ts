/**
 * @module What kind of work a session was: the first rule whose skills or paths it shows, the user's rules before our own.
 * Words are parts of names, and letter case does not count.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import type { SessionSigns, SessionTyper } from "../model/session-type.ts";

export interface SessionTypeRule {
  readonly type: string;
  /** Parts of names of skills, in small letters. */
  readonly skills: readonly string[];
  /** Parts of the project's name, the session's directory or a file that it read or changed, in small letters. */
  readonly paths: readonly string[];
}

export interface SessionTypeOptions {
  /** base/paths.ts, clewPaths(env).sessionTypes. */
  readonly rulesPath: string;
  /** A part of the rules that is not understood and therefore has no effect. */
  readonly onProblem?: (message: string) => void;
}

/** Type of a session that no rule fits. */
export const OTHERWISE = "general";

/** After the user's own. */
export const BUILT_IN_RULES: readonly SessionTypeRule[] = [
  { type: "dbt", skills: ["dbt", "kimball"], paths: ["dbt"] },
  { type: "debugging", skills: ["debugging"], paths: [] },
  { type: "research", skills: ["research", "brainstorming"], paths: [] },
  { type: "planning", skills: ["writing-plans", "executing-plans", "planning"], paths: [] },
];

const LONGEST_TYPE = 40;
const LONGEST_WORD = 200;
const MOST_RULES_BYTES = 256 * 1024;
const MOST_RULES = 500;
const MOST_WORDS = 100;

export function sessionTypeOf(rules: readonly SessionTypeRule[], { skills, paths }: SessionSigns): string {
  const fits = (rule: SessionTypeRule): boolean =>
    rule.skills.some((word) => skills.includes(word)) || rule.paths.some((word) => paths.includes(word));
  return rules.find(fits)?.type ?? OTHERWISE;
}

/** Reads the user's rules, once. Never throws: what is wrong is told and left out. */
export function createSessionTyper({ rulesPath, onProblem = () => {} }: SessionTypeOptions): SessionTyper {
  const rules = [...readRules(rulesPath, (message) => onProblem(`${rulesPath}: ${message}`)), ...BUILT_IN_RULES];
  return {
    typeOf: (signs) => sessionTypeOf(rules, signs),
    rules: createHash("sha256").update(JSON.stringify(rules)).digest("hex").slice(0, 16),
  };
}

function readRules(path: string, onProblem: (message: string) => void): readonly SessionTypeRule[] {
  let text: string;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Error("it is no file");
    if (found.size > MOST_RULES_BYTES) {
      onProblem(`not read: larger than ${MOST_RULES_BYTES / 1024} KB`);
      return [];
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") onProblem(`not read: ${message}`);
    return [];
  }
  try {
    // Most people have no rules: the parser is loaded for those who do.
    const { parse } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
    return sessionTypeRules(parse(text, { maxAliasCount: 0, logLevel: "error" }), onProblem);
  } catch (error) {
    onProblem(`not read: ${(error as Error).message.split("\n")[0]}`);
    return [];
  }
}

/** Rules of a parsed document: a list, or a list under `session_types`. */
export function sessionTypeRules(document: unknown, onProblem: (message: string) => void): readonly SessionTypeRule[] {
  if (document === null || document === undefined) return [];
  const list = isRecord(document) ? document.session_types : document;
  if (!Array.isArray(list)) {
    onProblem("no list of rules, and no list `session_types`");
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
function ruleFrom(item: unknown): SessionTypeRule | string {
  if (!isRecord(item)) return "it is no `type` with `skills` or `paths`";
  const unknown = Object.keys(item).find((key) => !["type", "skills", "paths", "path"].includes(key));
  if (unknown !== undefined) return `\`${unknown}\` is none of type, skills, paths`;
  const type = typeof item.type === "string" ? item.type.trim() : "";
  if (type === "" || type.length > LONGEST_TYPE || !/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(type))
    return `its \`type\` is no word (letters, digits, . _ - and blanks, at most ${LONGEST_TYPE})`;
  const skills = wordsOf(item.skills);
  // `path` is what claude-session-logger's file calls it.
  const paths = wordsOf(item.paths ?? item.path);
  if (!skills || !paths)
    return `\`skills\` and \`paths\` are lists of texts (at most ${MOST_WORDS}, of ${LONGEST_WORD} characters)`;
  return skills.length + paths.length > 0 ? { type, skills, paths } : "it has neither `skills` nor `paths`";
}

/** In small letters; null when it is no list of texts. */
function wordsOf(value: unknown): readonly string[] | null {
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isWord = (word: unknown): word is string =>
    typeof word === "string" && word.trim() !== "" && word.length <= LONGEST_WORD && !word.includes("\n");
  return list.length <= MOST_WORDS && list.every(isWord) ? list.map((word) => word.toLowerCase()) : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
