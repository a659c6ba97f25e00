/** @module What a memory file is called: the key of its changes, a key for where its path may not be said, and which paths it can have. */
import { createHash } from "node:crypto";

/** As sources/clew/change.ts takes a subject. */
const LONGEST = 400;
const PLAIN = /[^A-Za-z0-9._:|/ -]/gu;
const LONGEST_PATH = 300;
const MOST_PARTS = 20;

/** `<project id or global>/<path>`, with `@` and two hex digits for each byte that a subject cannot hold. */
export function memorySubject(projectId: string | null, path: string): string {
  const key = `${encoded(projectId ?? "global")}/${encoded(path)}`;
  // No encoded text has two of them in a row.
  return /^[A-Za-z0-9]/.test(key) ? key : `x@@${key}`;
}

function encoded(text: string): string {
  return text.replace(PLAIN, (one) =>
    [...Buffer.from(one)].map((byte) => `@${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** `f-` and twelve hexadecimal digits: names a file where its path, which is somebody's words, must not stand. */
export function memoryKey(subject: string): string {
  return `f-${createHash("sha256").update(subject).digest("hex").slice(0, 12)}`;
}

export function isMemoryKey(word: string): boolean {
  return /^f-[0-9a-f]{12}$/.test(word);
}

/** Why a path from the store can be no memory file's on a disk, as a clause; null: it can. */
export function memoryPathProblem(path: string): string | null {
  const parts = path.split("/");
  if (!/\.md$/i.test(path)) return "it is no .md file";
  if (/[\p{Cc}\p{Cs}\\\uFFFD]/u.test(path)) return "its name has characters that no file should have";
  if (parts.some((part) => part === "" || part === "." || part === "..")) return "it leads out of its directory";
  // A drive, a stream of NTFS.
  if (/^[A-Za-z]:/.test(path) || parts.some((part) => part.includes(":"))) return "its name has a colon";
  if (parts.length > MOST_PARTS || Buffer.byteLength(path) > LONGEST_PATH) return "its path is too long";
  return null;
}

export function subjectProblem(subject: string): string | null {
  return subject.length > LONGEST ? "its path is too long" : null;
}
