/** @module The person at the machine: git's user.email for a directory, read from its files, else the system's user name. */
import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Environment } from "../base/paths.ts";

export interface PersonOptions {
  readonly env: Environment;
  readonly userHome: string;
}

const MOST_CONFIG_BYTES = 1024 * 1024;
const LONGEST_NAME = 200;

/** `person:<lower case>` of a workspace's root; each is looked up once. Never empty, never throws. */
export function createPersonResolver(options: PersonOptions): (root: string) => string {
  const known = new Map<string, string>();
  let user: string | null = null;
  return (root) => {
    let person = known.get(root);
    if (person === undefined) {
      user ??= userOf(options);
      person = `person:${cleanName(emailIn(repositoryConfig(root))) ?? user}`;
      known.set(root, person);
    }
    return person;
  };
}

/** `person:…` as it may be written; null for what is no such word. */
export function personNamed(text: string): string | null {
  if (!/^person:/iu.test(text)) return null;
  const name = text.slice("person:".length);
  const clean = cleanName(name);
  return clean !== null && clean === name.normalize("NFC").toLowerCase() ? `person:${clean}` : null;
}

/** What the shell and the system call whoever is at the machine; lower case. */
export function userNames(env: Environment): readonly string[] {
  const names = [env.USER ?? null, env.LOGNAME ?? null, systemUser()].map(cleanName);
  return [...new Set(names.filter((name) => name !== null))];
}

/** Of the user's two files git lets ~/.gitconfig win. */
function userOf({ env, userHome }: PersonOptions): string {
  const xdg = env.XDG_CONFIG_HOME;
  const configHome = xdg && isAbsolute(xdg) ? xdg : join(userHome, ".config");
  return (
    cleanName(emailIn(readText(join(userHome, ".gitconfig")))) ??
    cleanName(emailIn(readText(join(configHome, "git", "config")))) ??
    cleanName(env.USER ?? null) ??
    cleanName(env.LOGNAME ?? null) ??
    cleanName(systemUser()) ??
    "unknown"
  );
}

function systemUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no name belongs to.
    const uid = process.getuid?.();
    return uid === undefined ? null : `uid-${uid}`;
  }
}

/** Lower case, without what a terminal or a log would obey; null when nothing is left. */
function cleanName(text: string | null): string | null {
  const name = (text ?? "")
    .normalize("NFC")
    .replace(/[\p{C}\p{Z}]/gu, "")
    .toLowerCase()
    .slice(0, LONGEST_NAME);
  return name === "" ? null : name;
}

function readText(path: string): string | null {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= MOST_CONFIG_BYTES ? readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}

/** A repository's own settings. A worktree's or a submodule's `.git` is a file that leads to them. */
function repositoryConfig(root: string): string | null {
  if (!isAbsolute(root)) return null;
  const dotGit = join(root, ".git");
  const direct = readText(join(dotGit, "config"));
  if (direct !== null) return direct;
  const gitDirectory = /^gitdir: (.+)$/m.exec(readText(dotGit) ?? "")?.[1]?.trim();
  if (!gitDirectory) return null;
  const directory = resolve(root, gitDirectory);
  const common = readText(join(directory, "commondir"))?.trim();
  return readText(join(common ? resolve(directory, common) : directory, "config"));
}

/** The last `email` of the sections `[user]` in git's format; files that it includes are not read. */
export function emailIn(config: string | null): string | null {
  let email: string | null = null;
  let isUser = false;
  for (const line of (config ?? "").replace(/\\\r?\n/g, "").split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]"]*?)\s*(?:"[^\]]*)?\](.*)$/.exec(line);
    // `[user "work"]` is another section than `[user]`.
    if (section) isUser = section[1]!.toLowerCase() === "user" && !/^\s*\[[^\]]*"/.test(line);
    const rest = section ? section[2]! : line;
    const value = isUser ? /^\s*email\s*=\s*(.*)$/i.exec(rest)?.[1] : undefined;
    if (value !== undefined) email = plainValue(value);
  }
  return email;
}

/** A value without its quotes, its escapes and the comment behind it. */
function plainValue(text: string): string {
  let value = "";
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "\\") value += text[++index] ?? "";
    else if (!isQuoted && (character === "#" || character === ";")) break;
    else value += character;
  }
  return value.trim();
}
