/** @module The built pages. Paths are looked up in the prebuilt list only; page addresses get the shell. */
import { type Context, Hono } from "hono";
import type { Asset, Assets } from "../assets.ts";
import type { ServerEnv } from "../env.ts";

/** Addresses of pages, as the browser's router knows them. */
const PAGES = [
  "/",
  "/sessions/:id",
  "/cost",
  "/search",
  "/logs",
  "/tools",
  "/health",
  "/entries",
  "/entries/:id",
  "/inbox",
  "/memory",
  "/memory/graph",
] as const;
const NOT_BUILT = "The dashboard's pages are not built. Run `npm run build` in Clew's directory, then start it again.";

export function staticRoutes(assets: Assets): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  const shell = assets.get("/index.html");
  for (const page of PAGES) routes.get(page, (c) => (shell ? send(c, shell) : c.text(NOT_BUILT, 503)));
  for (const [path, asset] of assets) if (path !== "/index.html") routes.get(path, (c) => send(c, asset));
  return routes;
}

function send(c: Context, asset: Asset): Response {
  const headers = {
    "Content-Type": asset.type,
    "Cache-Control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: asset.etag,
  };
  if (c.req.header("if-none-match") === asset.etag) return c.body(null, 304, headers);
  return c.body(asset.body, 200, headers);
}
