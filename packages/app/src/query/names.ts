/** @module How an identity is called: by itself, of a person also by address or name; whether a text calls it; its short handle. */

/** Everything that one may write to mean this identity. An agent is only meant by its whole name. */
export function namesOf(identity: string): readonly string[] {
  if (!identity.startsWith("person:")) return [identity];
  const address = identity.slice("person:".length);
  return [...new Set([identity, address, address.split("@")[0]!].filter((name) => name !== ""))];
}

/** Characters that go on a name: `@ana` is not meant by `@anabel` or `@ana@elsewhere.org`. */
const GOES_ON = /^(?:[\p{L}\p{N}_@+:-]|\.[\p{L}\p{N}])/u;
const BEFORE = /[\p{L}\p{N}_.]$/u;

/** Whether a text has `@` and one of the names, not as part of a longer one. */
export function isMentioned(text: string, names: readonly string[]): boolean {
  const folded = text.toLowerCase();
  return names.some((name) => {
    const wanted = `@${name.toLowerCase()}`;
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
      const after = folded.slice(at + wanted.length, at + wanted.length + 3);
      if (!GOES_ON.test(after) && !BEFORE.test(folded.slice(Math.max(0, at - 2), at))) return true;
    }
    return false;
  });
}

/** Short name of an identity, of 1 to 32 characters of `[a-z0-9_-]`; null where none can be made of it. */
export function handleOf(identity: string): string | null {
  const local = identity
    .toLowerCase()
    .replace(/^person:/u, "")
    .split("@")[0]!
    .replace(/[.+]/gu, "-");
  return /^[a-z0-9_-]{1,32}$/.test(local) ? local : null;
}
