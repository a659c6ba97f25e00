/** @module Whether a shell command shows what others have written: it fetches from the network, or asks a forge. */

/** Where a program's name stands: at the beginning, after what separates commands, or after a program that runs another. */
const BEGIN = String.raw`(?:^|[\n;|&({!]|\$\(|\x60|\b(?:sudo|env|xargs|time|nice|exec|command|do|then|else)[ \t])`;
const ASSIGNMENTS = String.raw`(?:[ \t]*[A-Za-z_]\w{0,60}=[^\s;|&]{0,200})*`;
const PROGRAM = new RegExp(
  String.raw`${BEGIN}${ASSIGNMENTS}[ \t]*(?:[\w.~/-]{0,200}/)?(curl|wget|aria2c|lynx|w3m|xh|http|https|gh|glab)(?=[ \t\n]|$)([^\n;|&]{0,2000})`,
  "g",
);
/** What a forge's program reads: everything but what only makes, changes or signs in. */
const READS =
  /(?:^|[ \t])(?:view|list|diff|checks|status|api|search|browse|download|clone|checkout|comment)(?=[ \t]|$)/;
const ADDRESS = /\bhttps?:\/\/(?:[^\s/@]{0,100}@)?(\[[0-9A-Fa-f:]{2,40}\]|[^\s/:'"]{1,255})/gi;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)$/i;
/** Characters of a command that are looked at. */
const LONGEST = 100_000;

/** A word inside of quotes or a path's part is no program; an address of this machine is nobody else's. Linear in the command. */
export function fetchesForeign(command: string): boolean {
  const text = command
    .slice(0, LONGEST)
    .replace(/'[^'\n]{0,2000}'|"[^"\n`$]{0,2000}"/g, (quoted) =>
      /https?:/i.test(quoted) ? quoted.slice(1, -1).replace(/[\s;|&({!]/g, "_") : "_",
    );
  for (const [, program, rest = ""] of text.matchAll(PROGRAM)) {
    if (program === "gh" || program === "glab") {
      if (READS.test(rest)) return true;
      continue;
    }
    const hosts = [...rest.matchAll(ADDRESS)].map(([, host]) => host!);
    if (hosts.length === 0 || hosts.some((host) => !LOOPBACK.test(host))) return true;
  }
  return false;
}
