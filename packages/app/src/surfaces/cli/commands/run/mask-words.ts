/** @module A command line as it may be recorded: what looks like a secret is replaced by `***`. */

const MASK = "***";

/** Flags, variables and header names whose value is one. */
const SECRET_NAME =
  /(?:token|passw(?:or)?d|passphrase|passwd|secret|api[-_]?key|access[-_]?key|private[-_]?key|credential|authorization|cookie|bearer)/i;
/** `--auth x` and the like, as whole words: `--author` is no secret. */
const SECRET_FLAG = /^--?(?:auth|pass|pwd|pin|key|user-?pass)$/i;
/** What curl and wget take as user:password. */
const USER_FLAG = /^(?:-u|--user|--proxy-user)$/;

/** Secrets that can be told by themselves, wherever they stand. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9_-]{16,}/g, MASK],
  [/\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abposr]|npm|pypi|hf|dop_v1)[-_][A-Za-z0-9_-]{10,}/g, MASK],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, MASK],
  [/\bAIza[A-Za-z0-9_-]{30,}/g, MASK],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?/g, MASK],
  [/\b((?:Bearer|Basic|Token)\s+)[A-Za-z0-9._~+/=-]{6,}/gi, `$1${MASK}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+@/gi, `$1${MASK}@`],
  // Inside the one word of `sh -c '…'`.
  [
    /(--?[A-Za-z0-9-]*(?:token|passw(?:or)?d|secret|api-?key)[A-Za-z0-9-]*[= ])("[^"]*"|'[^']*'|[^\s"']+)/gi,
    `$1${MASK}`,
  ],
  [/\b([A-Za-z0-9_]*(?:TOKEN|PASSWORD|PASSWD|SECRET|API_?KEY)[A-Za-z0-9_]*=)("[^"]*"|'[^']*'|[^\s"']+)/gi, `$1${MASK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*/g, MASK],
];

/** What `-p` means elsewhere: a port, a path, a number of jobs. */
const PLAIN_P = /^(?:[\d:./-]+|.*\/.*|.*\.[a-z]{1,4})$/i;

/** The same words, with their secrets masked. */
export function maskWords(words: readonly string[]): readonly string[] {
  let isSecret: "no" | "value" | "user" | "maybe" = "no";
  return words.map((word) => {
    const kind = isSecret;
    isSecret = "no";
    if (kind === "value") return MASK;
    if (kind === "user") return word.includes(":") ? `${word.slice(0, word.indexOf(":"))}:${MASK}` : word;
    if (kind === "maybe" && !PLAIN_P.test(word)) return MASK;
    const [, name, value] = /^([^=\s]+)=([\s\S]*)$/.exec(word) ?? [];
    const isFlag = word.startsWith("-");
    if (name !== undefined && value !== "" && (SECRET_NAME.test(name) || SECRET_FLAG.test(name)))
      return `${name}=${MASK}`;
    if (isFlag && name === undefined && (SECRET_NAME.test(word) || SECRET_FLAG.test(word))) isSecret = "value";
    else if (USER_FLAG.test(word)) isSecret = "user";
    else if (word === "-p") isSecret = "maybe";
    else if (/^-p[^-\s]/.test(word) && !PLAIN_P.test(word.slice(2))) return `-p${MASK}`;
    // `Authorization: x`, as a header is given.
    const header = /^([A-Za-z-]+):\s*\S/.exec(word)?.[1];
    if (header && SECRET_NAME.test(header)) return `${header}: ${MASK}`;
    return SECRETS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), word);
  });
}

/** Words as a person would type them. */
export function commandText(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
