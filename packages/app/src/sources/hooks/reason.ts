/** @module Why a session waits, idles, failed or ended, in words of our own: foreign text never becomes a reason. */

const LIMIT = 80;

/** A tool's or a server's name with nothing in it but letters, digits and `_ . : -`; "" when nothing is left. */
export function plainName(value: unknown): string {
  if (typeof value !== "string") return "";
  return value
    .slice(0, 4 * LIMIT)
    .replace(/[^A-Za-z0-9_.:-]+/g, "")
    .slice(0, LIMIT);
}

/** `permission: Bash`; the words alone where there is no name. */
export function namedReason(words: string, joint: string, name: unknown): string {
  const plain = plainName(name);
  return plain ? `${words}${joint}${plain}`.slice(0, LIMIT) : words;
}

/** The word if it is one of those; "other" for another, null for none. */
export function knownWord(value: unknown, words: ReadonlySet<string>): string | null {
  if (typeof value !== "string" || value === "") return null;
  return words.has(value) ? value : "other";
}

export const START_SOURCES: ReadonlySet<string> = new Set(["startup", "resume", "clear", "compact", "fork"]);

export const END_REASONS: ReadonlySet<string> = new Set([
  "clear",
  "resume",
  "logout",
  "prompt_input_exit",
  "bypass_permissions_disabled",
]);

export const TURN_ERRORS: ReadonlySet<string> = new Set([
  "authentication_failed",
  "oauth_org_not_allowed",
  "account_on_hold",
  "verification_required",
  "billing_error",
  "rate_limit",
  "overloaded",
  "invalid_request",
  "model_not_found",
  "server_error",
  "unknown",
  "max_output_tokens",
  "cloud_credential_error",
]);
