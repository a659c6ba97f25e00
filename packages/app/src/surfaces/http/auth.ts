/** @module Who may read: a one-time code from the terminal is exchanged for a cookie that only this port's pages send back. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";

/** A code that was printed or opened and not used within this time is worthless. Milliseconds. */
export const CODE_LIFETIME_MS = 30_000;
/** A signed-in browser stays so for 30 days. Milliseconds. */
export const COOKIE_LIFETIME_MS = 30 * 86_400_000;
const KEPT_CODES = 32;

export interface Auth {
  /** A fresh one-time code, 256 bits, for the fragment of the URL that the terminal shows. */
  issueCode(): string;
  /** Cookie value for a valid code, which is used up by this; null for every other code. */
  exchange(code: string): string | null;
  /** Whether a cookie value was given out by `exchange` with the same secret and has not expired. */
  accepts(cookie: string | undefined): boolean;
}

export interface AuthOptions {
  readonly clock: Clock;
  /** 32 bytes that sign cookies; kept in a 0600 file so that a restart does not sign browsers out (secret.ts). */
  readonly secret: Uint8Array;
  readonly random?: (bytes: number) => Uint8Array;
  readonly codeLifetimeMs?: number;
}

/** Codes live in memory only; cookies are signed, so nothing needs to be stored for them. */
export function createAuth({
  clock,
  secret,
  random = randomBytes,
  codeLifetimeMs = CODE_LIFETIME_MS,
}: AuthOptions): Auth {
  const codes = new Map<string, number>();
  const text = (bytes: number) => Buffer.from(random(bytes)).toString("base64url");
  const sign = (payload: string) => createHmac("sha256", secret).update(`clew-cookie:${payload}`).digest();

  return {
    issueCode() {
      const code = text(32);
      codes.set(code, clock() + codeLifetimeMs);
      if (codes.size > KEPT_CODES) codes.delete(codes.keys().next().value!);
      return code;
    },
    exchange(code) {
      const expires = codes.get(code);
      codes.delete(code);
      if (expires === undefined || clock() > expires) return null;
      const payload = `${clock() + COOKIE_LIFETIME_MS}.${text(16)}`;
      return `${payload}.${sign(payload).toString("base64url")}`;
    },
    accepts(cookie) {
      const parts = /^((\d{1,16})\.[\w-]{1,64})\.([\w-]{43})$/.exec(cookie ?? "");
      if (!parts) return false;
      const given = Buffer.from(parts[3]!, "base64url");
      const wanted = sign(parts[1]!);
      return given.length === wanted.length && timingSafeEqual(given, wanted) && clock() <= Number(parts[2]);
    },
  };
}

/** The cookie's name holds the port, because browsers share cookies between the ports of a host. */
export function cookieName(port: number): string {
  return `clew_${port}`;
}
