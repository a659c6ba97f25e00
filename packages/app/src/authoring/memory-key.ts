/** @module Under which key a memory file's changes stand, and which paths can be a memory file's. */

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

/** Why a path from the store can be no memory file's on a disk, as a clause; null: it can. */
export function memoryPathProblem(path: string): string | null {
  const parts = path.split("/");
  if (!/\.md$/i.test(path)) return "it is no .md file";
  if (/[\p{Cc}\p{Cs}\\]/u.test(path)) return "its name has characters that no file should have";
  if (parts.some((part) => part === "" || part === "." || part === "..")) return "it leads out of its directory";
  // A drive, a stream of NTFS.
  if (/^[A-Za-z]:/.test(path) || parts.some((part) => part.includes(":"))) return "its name has a colon";
  if (parts.length > MOST_PARTS || Buffer.byteLength(path) > LONGEST_PATH) return "its path is too long";
  return null;
}

export function subjectProblem(subject: string): string | null {
  return subject.length > LONGEST ? "its path is too long" : null;
}
