import { describe, expect, test } from "vitest";
import { CONTENT_SECURITY_POLICY } from "./headers.ts";
import { emptyQuestions, routesOf, TEST_HOST, TEST_ORIGIN, testApp } from "./testing.ts";

const GOOD_HOSTS = ["127.0.0.1:4141", "localhost:4141", "LOCALHOST:4141", "[::1]:4141"];
const BAD_HOSTS = [
  "evil.com",
  "evil.com:4141",
  "127.0.0.1",
  "localhost",
  "127.0.0.1:80",
  "127.0.0.1:41410",
  "localhost:1",
  "localhost.:4141",
  "127.0.0.1.evil.com:4141",
  "localhost.evil.com:4141",
  "evil.com#127.0.0.1:4141",
  "127.0.0.1:4141.evil.com",
  "0.0.0.0:4141",
  "2130706433:4141",
  "127.1:4141",
  "0x7f.0.0.1:4141",
  "[::]:4141",
  "[::ffff:127.0.0.1]:4141",
  "user@127.0.0.1:4141",
  "127.0.0.1:4141@evil.com",
  "127.0.0.1:04141",
  "127.0.0.1: 4141",
  "localhost:4141/",
  "::1:4141",
  "169.254.1.1:4141",
  "192.168.0.1:4141",
  "localhost:4141?",
  "ⓛocalhost:4141",
];

const routes = routesOf(testApp().app);

test("the router has the routes that the documentation names, and none that writes but the exchange", () => {
  expect(routes.filter((route) => route.method !== "GET")).toEqual([{ method: "POST", path: "/auth/exchange" }]);
  expect(routes.map((route) => route.path)).toEqual(
    expect.arrayContaining([
      "/",
      "/api/sessions",
      "/api/facets",
      "/api/sessions/some-id/timeline",
      "/api/cost",
      "/api/search",
      "/api/tools",
      "/api/active",
      "/api/doctor",
      "/api/status",
      "/api/events",
      "/assets/index-abc.js",
    ]),
  );
});

describe.each(routes)("$method $path", ({ method, path }) => {
  const ask = (headers: Record<string, string>) => {
    const { app, cookie } = testApp();
    return app.request(path, {
      method,
      headers: { cookie, origin: TEST_ORIGIN, "content-type": "application/json", ...headers },
      ...(method === "POST" ? { body: "{}" } : {}),
    });
  };
  const stop = async (response: Response) => void (await response.body?.cancel());

  test("answers our own names only", async () => {
    for (const host of GOOD_HOSTS) {
      const response = await ask({ host });
      expect(response.status, host).not.toBe(403);
      await stop(response);
    }
    for (const host of BAD_HOSTS.filter((one) => /^[\x20-\x7e]*$/.test(one)))
      expect((await ask({ host })).status, host).toBe(403);
    for (const host of ["", `${TEST_HOST}, ${TEST_HOST}`, `${TEST_HOST}, evil.com`])
      expect((await ask({ host })).status, host).toBe(400);
    const { app } = testApp();
    expect((await app.request(path, { method })).status).toBe(400);
  });

  test("has the security headers and no CORS header, whatever it answers", async () => {
    for (const headers of [{ host: TEST_HOST }, { host: "evil.com" }, { host: TEST_HOST, cookie: "" }]) {
      const response = await ask(headers);
      expect(response.headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(response.headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      if (path.startsWith("/api/")) expect(response.headers.get("cache-control")).toMatch(/no-store|no-cache/);
      await stop(response);
    }
  });

  test("holds no data without the cookie", async () => {
    if (!path.startsWith("/api/")) return;
    for (const cookie of [
      "",
      "clew_4141=",
      "clew_4141=1.a.b",
      `clew_4141=99999999999999.AAAA.${"A".repeat(43)}`,
      "clew_4142=x",
    ]) {
      expect((await ask({ host: TEST_HOST, cookie })).status).toBe(401);
    }
  });

  test("answers no other site's pages", async () => {
    if (!path.startsWith("/api/") && method === "GET") return;
    for (const headers of [
      { origin: "http://evil.com" },
      { origin: "null" },
      { origin: "http://127.0.0.1:9999" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect((await ask({ host: TEST_HOST, ...headers })).status).toBe(403);
    }
  });
});

test("only built files are served: no path reads another", async () => {
  const { get } = testApp();
  for (const path of [
    "/../package.json",
    "/..%2fpackage.json",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/../../app.ts",
    "/index.html%00.js",
    "/etc/passwd",
    "/assets/",
    "//etc/passwd",
  ]) {
    const response = await get(path);
    expect([404, 200]).toContain(response.status);
    if (response.status === 200) expect(await response.text()).toBe("<!doctype html>shell");
  }
});

test("pages' addresses get the shell, named files may be kept, the shell is asked for again", async () => {
  const { app } = testApp();
  const get = (path: string, headers = {}) => app.request(path, { headers: { host: TEST_HOST, ...headers } });
  for (const path of ["/", "/cost", "/search", "/logs", "/tools", "/health", "/sessions/abc"])
    expect(await (await get(path)).text()).toContain("shell");
  expect((await get("/assets/index-abc.js")).headers.get("cache-control")).toContain("immutable");
  const shell = await get("/");
  expect(shell.headers.get("cache-control")).toBe("no-cache");
  expect((await get("/", { "if-none-match": shell.headers.get("etag")! })).status).toBe(304);
});

test("a filter that cannot be understood is 400 with its column", async () => {
  const { get } = testApp();
  const response = await get(`/api/sessions?q=${encodeURIComponent("ok nonsense:1")}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: "filter", problems: [{ column: 4 }] } });
});

test.each([
  "/api/sessions?limit=x",
  "/api/sessions?sort=rowid",
  "/api/cost?by=all",
  "/api/cost?tz=Mars/Olympus",
  `/api/sessions?q=${"a".repeat(2_001)}`,
  `/api/sessions/${"a".repeat(301)}`,
  "/api/search?before=1e9",
  "/api/active?q=activity:nothing",
  "/api/doctor?fresh=yes",
])("%s is refused", async (path) => expect((await testApp().get(path)).status).toBe(400));

test("limits are cut to what the server is willing to send", async () => {
  const limits: number[] = [];
  const { get } = testApp({
    questions: {
      ...emptyQuestions,
      sessions({ limit }) {
        limits.push(limit);
        return { rows: [], total: 0 };
      },
    },
  });
  await get("/api/sessions?limit=999999");
  await get("/api/sessions?limit=-5");
  expect(limits).toEqual([500, 0]);
});

test("the health answer says of the process what is meant for the page, and nothing else", async () => {
  expect(await (await testApp().get("/api/doctor")).json()).toMatchObject({ ok: true, daemon: null });
  const told = {
    pid: 7,
    version: "1.2.3",
    started_at: "2026-10-01T12:00:00.000Z",
    memory_bytes: 9,
    spool: { files: 2, drained_at: null, path: "/home/ada/secret" },
    url: "http://127.0.0.1:4141/#c=secret",
  };
  const answer = (await (await testApp({ daemon: () => told }).get("/api/doctor")).json()) as { daemon: unknown };
  expect(answer.daemon).toEqual({
    pid: 7,
    version: "1.2.3",
    started_at: "2026-10-01T12:00:00.000Z",
    memory_bytes: 9,
    spool: { files: 2, drained_at: null },
  });
});

test("any search text is a valid search", async () => {
  const { get } = testApp();
  for (const q of ["don't", "C++", "a=b", "NEAR(", '"', "-", "😀", "a:b", "*", "(", "\0", "tool:"])
    expect((await get(`/api/search?q=${encodeURIComponent(q)}`)).status, q).toBe(200);
});

test("a failure of ours says nothing about its cause", async () => {
  const seen: unknown[] = [];
  const questions = {
    ...emptyQuestions,
    tools: () => {
      throw new Error("secret path /home/ada");
    },
  };
  const response = await testApp({ questions, onError: (error) => seen.push(error) }).get("/api/tools");
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(seen).toHaveLength(1);
});

test("an unknown session is 404 as JSON", async () => {
  const response = await testApp().get("/api/sessions/..%2f..%2fx");
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
});
