/** @module What a request must pass before any route sees it: its Host, then where it comes from, then its cookie. */
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { type Auth, cookieName } from "./auth.ts";
import type { ServerEnv } from "./env.ts";
import { failure } from "./failure.ts";

/** The names under which a browser on this machine may reach the port; everything else is DNS rebinding or a mistake. */
export function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

/** 400 for no Host, several, or an absolute request target; 403 for a Host that is not ours. Runs before everything else. */
export function hostGuard(port: number): MiddlewareHandler<ServerEnv> {
  const allowed = new Set(ownHosts(port));
  return async function guardHost(c, next) {
    const hosts = hostsOf(c);
    if (hosts.length !== 1 || hosts[0] === "") return failure(c, 400, "host", "exactly one Host header is needed");
    if (!allowed.has(hosts[0]!.toLowerCase())) return failure(c, 403, "host", "this Host is not served here");
    if (c.env?.incoming?.url && !c.env.incoming.url.startsWith("/")) {
      return failure(c, 400, "host", "absolute request targets are not served");
    }
    return next();
  };
}

/** Every Host header as sent: Node joins or drops duplicates elsewhere, so the raw list decides where there is one. */
function hostsOf(c: Context<ServerEnv>): readonly string[] {
  const raw = c.env?.incoming?.rawHeaders;
  if (!raw) return (c.req.header("host") ?? "").split(",").map((host) => host.trim());
  return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]!.toLowerCase() === "host");
}

/**
 * Turns away what other sites' pages cause. A request that changes something must carry our own Origin; a read must not
 * be marked as another site's, other ports of this host included (browsers call those "same-site"). Exporters of telemetry
 * and agents are no browsers and send no Origin: what they send carries a token instead (routes/otlp.ts, routes/mcp.ts).
 */
export function siteGuard(port: number): MiddlewareHandler<ServerEnv> {
  const origins = new Set(ownHosts(port).map((host) => `http://${host}`));
  return async function guardSite(c, next) {
    const changes = c.req.method !== "GET" && c.req.method !== "HEAD";
    const origin = c.req.header("origin");
    const site = c.req.header("sec-fetch-site");
    const isMcp = c.req.path === "/mcp";
    const isData = isMcp || c.req.path.startsWith("/api/") || c.req.path.startsWith("/auth/");
    const showsToken = isMcp || c.req.path.startsWith("/v1/");
    if (changes && origin === undefined && !showsToken) return failure(c, 403, "origin", "wrong origin");
    if ((changes || isData) && origin !== undefined && !origins.has(origin)) {
      return failure(c, 403, "origin", "wrong origin");
    }
    if ((changes || isData) && site !== undefined && site !== "same-origin" && site !== "none") {
      return failure(c, 403, "origin", "requests from other sites are not served");
    }
    return next();
  };
}

/** 401 without a cookie that this server gave out. */
export function cookieGuard(port: number, auth: Auth): MiddlewareHandler<ServerEnv> {
  return async function guardCookie(c, next) {
    if (auth.accepts(getCookie(c, cookieName(port)))) return next();
    return failure(c, 401, "unauthorized", "not signed in: open the link that `clew up` prints");
  };
}
