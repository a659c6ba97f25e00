/** @module The dashboard's server as a function from request to response; serve.ts gives it a socket. */
import { Hono } from "hono";
import type { Assets } from "./assets.ts";
import type { Auth } from "./auth.ts";
import type { ServerEnv } from "./env.ts";
import { failure } from "./failure.ts";
import { cookieGuard, hostGuard, siteGuard } from "./guards.ts";
import { securityHeaders } from "./headers.ts";
import type { LiveHub } from "./live.ts";
import { BadParameter } from "./parameters.ts";
import type { Questions } from "./questions.ts";
import { analysisRoutes } from "./routes/analysis.ts";
import { authRoutes } from "./routes/auth.ts";
import { type DaemonHealth, healthRoutes } from "./routes/health.ts";
import { liveRoutes } from "./routes/live.ts";
import { logRoutes } from "./routes/logs.ts";
import { type McpReceiver, mcpRoutes } from "./routes/mcp.ts";
import { memoryRoutes } from "./routes/memory.ts";
import { type OtlpReceiver, otlpRoutes } from "./routes/otlp.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { sharedRoutes } from "./routes/shared.ts";
import { sharedChangeRoutes } from "./routes/shared-changes.ts";
import { staticRoutes } from "./routes/static.ts";
import type { SharedWriter } from "./shared-writer.ts";

export interface AppOptions {
  /** The port that browsers use: decides the Host allow-list, our origins and the cookie's name. */
  readonly port: number;
  readonly questions: Questions;
  readonly auth: Auth;
  readonly live: LiveHub;
  readonly assets: Assets;
  /** The data is made up; every page says so. */
  readonly demo: boolean;
  /** How the process that writes is doing; the health page shows it. */
  readonly daemon?: (() => DaemonHealth) | undefined;
  /** Takes in what OpenTelemetry exporters send; absent: nothing is there to take it. */
  readonly otlp?: OtlpReceiver | undefined;
  /** Answers agents' questions; absent: nothing is there to answer them. */
  readonly mcp?: McpReceiver | undefined;
  /** Writes entries and messages down for whoever is signed in; absent: they can only be read. */
  readonly writer?: SharedWriter | undefined;
  /** Told of failures that are ours; their text never reaches the page. */
  readonly onError?: (error: unknown) => void;
}

/** Order on every route: headers, Host, origin; then telemetry and agents with their tokens, the shell without, everything that holds data with the cookie. */
export function createApp({
  port,
  questions,
  auth,
  live,
  assets,
  demo,
  daemon,
  otlp,
  mcp,
  writer,
  onError,
}: AppOptions): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.use("*", securityHeaders, hostGuard(port), siteGuard(port));
  if (otlp) app.route("/v1", otlpRoutes(otlp, onError));
  if (mcp) app.route("/mcp", mcpRoutes(mcp, onError));
  app.route("/auth", authRoutes(auth, port));
  app.use("/api/*", cookieGuard(port, auth));
  app.route("/api", sessionRoutes(questions));
  app.route("/api", logRoutes(questions));
  app.route("/api", analysisRoutes(questions));
  app.route("/api", healthRoutes({ questions, daemon }));
  app.route("/api", sharedRoutes({ questions: questions.shared, writer }));
  if (writer) app.route("/api", sharedChangeRoutes({ questions: questions.shared, writer }));
  app.route("/api", memoryRoutes(questions.memory));
  app.route("/api", liveRoutes({ questions, live, demo }));
  app.route("/", staticRoutes(assets));
  app.notFound((c) => failure(c, 404, "not_found", "nothing is here"));
  app.onError((error, c) => {
    if (error instanceof BadParameter) {
      return failure(c, 400, error.problems ? "filter" : "parameter", error.message, error.problems);
    }
    onError?.(error);
    return failure(c, 500, "internal", "the question failed; the terminal that runs clew says why");
  });
  return app;
}
