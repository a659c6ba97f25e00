/** @module Words of a command line as a POSIX shell takes them whole. */

/** The word, quoted where a shell would read something else into it. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function commandOf(...words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
