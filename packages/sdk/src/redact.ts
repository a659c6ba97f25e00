/** @module Secrets in texts and values, replaced before anything is written. */

export interface RedactionRule {
  /** Stands in what is left: `[redacted:name]`. */
  readonly name: string;
  /** With the g flag. What its first group catches stays, if there is one. */
  readonly pattern: RegExp;
  /** A text without any of these is not searched; case counts. */
  readonly hints?: readonly string[];
}

export interface Redactor {
  readonly text: (text: string) => string;
  /** A copy of plain data; the values of keys that name secrets go whole. */
  readonly value: (value: unknown) => unknown;
}

/** What providers and people's own configuration look like. Bounded repetitions: no text makes them slow. */
export const REDACTION_RULES: readonly RedactionRule[] = [
  {
    name: "private-key",
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    hints: ["PRIVATE KEY"],
  },
  { name: "anthropic-key", pattern: /sk-ant-[A-Za-z0-9_-]{16,256}/g, hints: ["sk-ant-"] },
  { name: "openai-key", pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,256}/g, hints: ["sk-"] },
  {
    name: "github-token",
    pattern: /(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})/g,
    hints: ["gh", "github_pat_"],
  },
  { name: "gitlab-token", pattern: /glpat-[A-Za-z0-9_-]{16,64}/g, hints: ["glpat-"] },
  { name: "npm-token", pattern: /npm_[A-Za-z0-9]{30,64}/g, hints: ["npm_"] },
  {
    name: "aws-key-id",
    pattern: /(?<![A-Z0-9])(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA)[A-Z0-9]{16}(?![A-Z0-9])/g,
    hints: ["AKIA", "ASIA", "AROA", "AIDA", "AGPA", "ANPA", "ANVA"],
  },
  { name: "google-key", pattern: /AIza[0-9A-Za-z_-]{35}/g, hints: ["AIza"] },
  { name: "stripe-key", pattern: /[rs]k_(?:live|test)_[0-9A-Za-z]{10,128}/g, hints: ["_live_", "_test_"] },
  {
    name: "slack-token",
    pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,256}|hooks\.slack\.com\/services\/[A-Za-z0-9/_-]{20,128}/g,
    hints: ["xox", "hooks.slack.com"],
  },
  {
    name: "jwt",
    pattern: /eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,2048}/g,
    hints: ["eyJ"],
  },
  { name: "bearer", pattern: /(Bearer\s{1,4})[A-Za-z0-9._~+/-]{16,4096}=*/gi },
  { name: "url-password", pattern: /(:\/\/[^\s/:@"']{1,128}:)[^\s/@"']{1,256}(?=@)/g, hints: ["://"] },
  {
    name: "assignment",
    pattern:
      /((?<![A-Za-z0-9])(?:password|passwd|pwd|passphrase|secret|secret[_-]?access[_-]?key|api[_-]?key|access[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret)\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?)[^\s"'\\,;&)}\]]{4,512}/gi,
  },
];

const SECRET_KEY =
  /^(?:(?:proxy-)?authorization|x-api-key|x-goog-api-key|(?:set-)?cookie|.{0,40}(?:passw(?:or)?d|passphrase|api[-_]?key|secret|access[-_]?token|refresh[-_]?token|auth[-_]?token|private[-_]?key))$/i;

function applyRule(text: string, { name, pattern, hints }: RedactionRule): string {
  if (hints && !hints.some((hint) => text.includes(hint))) return text;
  return text.replace(
    pattern,
    (_whole, first: unknown) => `${typeof first === "string" ? first : ""}[redacted:${name}]`,
  );
}

/** A redactor of some rules; to add your own: `createRedactor([...REDACTION_RULES, mine])`. */
export function createRedactor(rules: readonly RedactionRule[] = REDACTION_RULES): Redactor {
  const text = (given: string): string => rules.reduce(applyRule, given);
  function value(given: unknown): unknown {
    if (typeof given === "string") return text(given);
    if (Array.isArray(given)) return given.map(value);
    if (given === null || typeof given !== "object") return given;
    return Object.fromEntries(
      Object.entries(given).map(([key, item]) => [
        text(key),
        typeof item === "string" && item !== "" && SECRET_KEY.test(key) ? "[redacted:key]" : value(item),
      ]),
    );
  }
  return { text, value };
}
