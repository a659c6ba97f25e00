/** @module POST /auth/exchange: a one-time code in, the cookie out. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { setCookie } from "hono/cookie";
import { type Auth, COOKIE_LIFETIME_MS, cookieName } from "../auth.ts";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";

export function authRoutes(auth: Auth, port: number): Hono<ServerEnv> {
  const limit = bodyLimit({ maxSize: 1_024, onError: (c) => failure(c, 413, "too_large", "the body is too large") });
  return new Hono<ServerEnv>().post("/exchange", limit, async (c) => {
    if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
      return failure(c, 415, "content_type", "the body must be application/json");
    }
    const body: unknown = await c.req.json().catch(() => null);
    const code = typeof body === "object" && body !== null && "code" in body ? body.code : null;
    const cookie = typeof code === "string" ? auth.exchange(code) : null;
    if (cookie === null) return failure(c, 401, "unauthorized", "this link was used already or is too old");
    setCookie(c, cookieName(port), cookie, {
      httpOnly: true,
      sameSite: "Strict",
      path: "/",
      maxAge: COOKIE_LIFETIME_MS / 1000,
    });
    return c.body(null, 204);
  });
}
