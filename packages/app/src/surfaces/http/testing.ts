/** @module The app with answers from memory and a signed-in browser, for tests of routes. */
import { type AppOptions, createApp } from "./app.ts";
import type { Asset } from "./assets.ts";
import { createAuth } from "./auth.ts";
import { createLiveHub } from "./live.ts";
import type { HealthReport, Questions } from "./questions.ts";

export const TEST_PORT = 4141;
export const TEST_HOST = `127.0.0.1:${TEST_PORT}`;
export const TEST_ORIGIN = `http://${TEST_HOST}`;

const NO_USAGE = {
  responses: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_creation_5m_input_tokens: 0,
  cache_creation_1h_input_tokens: 0,
  cache_read_input_tokens: 0,
  cost_usd: 0,
  unpriced_responses: 0,
  output_undercounted: false,
};

const emptyReport: HealthReport = {
  database: { path: "/x", bytes: 0, wal_bytes: 0, schema_version: 2, sqlite_version: "3.53.2", source_bytes: 0 },
  counts: {
    sessions: 0,
    events: 0,
    responses: 0,
    tool_calls: 0,
    files: 0,
    missing_files: 0,
    unpriced_responses: 0,
    log_lines: 0,
    uncorrelated_lines: 0,
    spans: 0,
    uncorrelated_spans: 0,
  },
  unpriced_models: [],
  data_quality: {
    sessions_without_identity: 0,
    sessions_without_person: 0,
    sessions_without_workspace: 0,
    agents_without_parent: 0,
    mcp_calls_without_session: 0,
    orphaned_events: 0,
  },
  spool: { lost: 0, torn: 0 },
  last_event_at: null,
  checks: [],
  problems: { rows: [], total: 0, by_reason: {} },
  ok: true,
  checked_at: "2026-10-01T12:00:00.000Z",
  took_ms: 1,
};

/** An archive with nothing in it. */
export const emptyQuestions: Questions = {
  sessions: () => ({ rows: [], total: 0 }),
  active: () => ({ rows: [], total: 0 }),
  facets: () => ({
    total: 0,
    facets: { status: [], activity: [], project: [], model: [], agent: [], branch: [], type: [], tool: [], day: [] },
  }),
  session: () => null,
  tree: () => null,
  timeline: () => ({ rows: [], first_id: null, last_id: null, has_before: false, has_after: false }),
  spans: () => ({ start: null, end: null, lanes: [], spans: [] }),
  cost: () => ({ rows: [], totals: NO_USAGE }),
  costSeries: () => ({ buckets: [], names: [], totals: NO_USAGE }),
  search: () => ({
    rows: [],
    total: 0,
    total_is_lower_bound: false,
    took_ms: 0,
    stopped_early: false,
    next_before: null,
  }),
  logs: () => ({
    rows: [],
    total: 0,
    more: false,
    next: null,
    facets: { level: [], service: [], logger: [], joined_by: [] },
    stopped_early: false,
    took_ms: 0,
  }),
  logContext: () => null,
  correlated: () => ({
    rows: [],
    facets: null,
    first_cursor: null,
    last_cursor: null,
    has_before: false,
    has_after: false,
  }),
  isCorrelatedCursor: () => true,
  calls: () => ({ rows: [], more: false }),
  call: () => null,
  find: () => [],
  shared: {
    entries: () => ({
      rows: [],
      total: 0,
      all: 0,
      open: 0,
      facets: { status: [], category: [], project: [], assignee: [], tag: [] },
      stopped_early: false,
    }),
    entry: () => null,
    inbox: () => ({
      ...{ identity: null, items: [], memory: [], graph: [] },
      ...{ more: false, last_looked_at: null, up_to: 0 },
    }),
    inboxCount: () => ({ for_me: 0, new: 0, more: false }),
    threads: () => ({ rows: [], more: false }),
    thread: () => null,
    people: () => ({ person: null, identities: [], projects: [] }),
  },
  memory: {
    files: () => ({ rows: [], more: false }),
    file: () => null,
    text: () => null,
    search: () => ({ rows: [], total: 0 }),
    entities: () => ({ rows: [], total: 0, types: [], all_types: [], entities: 0, relations: 0 }),
    entity: () => null,
    around: () => ({ nodes: [], edges: [], left: 0 }),
  },
  tools: () => ({ rows: [] }),
  health: () => emptyReport,
  counts: () => ({ sessions: 0, events: 0, problems: 0, last_event_at: null }),
  changesSince: (seq) => ({ seq, sessions: [], events: [], more: false }),
};

const text = (body: string, type: string, immutable: boolean): Asset => ({
  body: new TextEncoder().encode(body),
  type,
  etag: `"${body.length}"`,
  immutable,
});

export function testApp(options: Partial<AppOptions> & { readonly questions?: Questions } = {}) {
  let now = 1_000_000;
  const auth = createAuth({ clock: () => now, secret: new Uint8Array(32).fill(1) });
  const live = createLiveHub();
  const app = createApp({
    port: TEST_PORT,
    questions: emptyQuestions,
    auth,
    live,
    demo: false,
    assets: new Map([
      ["/index.html", text("<!doctype html>shell", "text/html; charset=utf-8", false)],
      ["/theme.js", text("theme", "text/javascript; charset=utf-8", false)],
      ["/assets/index-abc.js", text("code", "text/javascript; charset=utf-8", true)],
    ]),
    ...options,
  });
  const cookie = `clew_${TEST_PORT}=${auth.exchange(auth.issueCode())}`;
  return {
    app,
    auth,
    live,
    cookie,
    /** Milliseconds. */
    passTime: (ms: number) => {
      now += ms;
    },
    /** A request of a signed-in browser; `headers` replace its own. */
    get: (path: string, headers: Record<string, string> = {}) =>
      app.request(path, { headers: { host: TEST_HOST, cookie, ...headers } }),
    exchange: (code: unknown, headers: Record<string, string> = {}) =>
      app.request("/auth/exchange", {
        method: "POST",
        headers: { host: TEST_HOST, origin: TEST_ORIGIN, "content-type": "application/json", ...headers },
        body: JSON.stringify({ code }),
      }),
  };
}

/** Every route that the app knows, each once, with something in place of parameters. */
export function routesOf(
  app: ReturnType<typeof testApp>["app"],
): readonly { readonly method: string; readonly path: string }[] {
  const routes = app.routes
    .filter((route) => !route.path.includes("*"))
    .map((route) => ({
      method: route.method === "ALL" ? "GET" : route.method,
      path: route.path.replace(/:(?:id|event)/u, "some-id"),
    }));
  return [...new Map(routes.map((route) => [`${route.method} ${route.path}`, route])).values()];
}
