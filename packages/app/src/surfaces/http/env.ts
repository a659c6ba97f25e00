/** @module What every handler of the dashboard's server can reach. */
import type { IncomingMessage } from "node:http";

/** Bindings that @hono/node-server adds; absent under `app.request()`. */
export interface ServerEnv {
  readonly Bindings: { readonly incoming?: IncomingMessage };
}
