import { describe, expect, test } from "vitest";
import { ClewError } from "../../../base/error.ts";
import type { EntryAnswer } from "../shared-answers.ts";
import type { SharedWriter } from "../shared-writer.ts";
import { emptyQuestions, TEST_HOST, TEST_ORIGIN, testApp } from "../testing.ts";

const ENTRY = { entry: { title: "t", tags: [], tainted: false }, body: "b", notes: [], links: [], content_hash: "h1" };
const DONE = { changed: true, stored: true, warnings: [] };

/** An app whose writer notes what it is asked to do. */
function writingApp(overrides: Partial<SharedWriter> = {}) {
  const calls: unknown[][] = [];
  const note =
    <Answer>(name: string, answer: Answer) =>
    async (...values: readonly unknown[]): Promise<Answer> => {
      calls.push([name, ...values]);
      return answer;
    };
  const writer: SharedWriter = {
    addEntry: note("addEntry", { ...DONE, entry_id: "e-1" }),
    editEntry: note("editEntry", DONE),
    send: note("send", { ...DONE, message_id: "m-1", thread_id: "m-1" }),
    markMessage: note("markMessage", DONE),
    seeInbox: note("seeInbox", undefined),
    approve: note("approve", DONE),
    warningsOf: () => ["odd"],
    ...overrides,
  };
  const shared = {
    ...emptyQuestions.shared,
    entry: (id: string) => (id === "e-1" ? (ENTRY as unknown as EntryAnswer) : null),
    inbox: () => ({
      ...{ identity: "person:ada", items: [], memory: [], graph: [] },
      ...{ more: false, last_looked_at: null, up_to: 7 },
    }),
  };
  const { app, cookie } = testApp({ writer, questions: { ...emptyQuestions, shared } });
  const post = (path: string, body: unknown, headers: Record<string, string | null> = {}) => {
    const all: Record<string, string | null> = {
      host: TEST_HOST,
      origin: TEST_ORIGIN,
      cookie,
      "content-type": "application/json",
      "clew-request": "1",
      ...headers,
    };
    return app.request(`/api/${path}`, {
      method: "POST",
      headers: Object.fromEntries(Object.entries(all).filter((one): one is [string, string] => one[1] !== null)),
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  };
  return { app, calls, post };
}

const CHANGES: readonly (readonly [string, object])[] = [
  ["entries", { category: "issue", title: "t" }],
  ["entries/e-1", { seen: 3, status: "resolved" }],
  ["entries/e-1/approval", { content_hash: "h1" }],
  ["messages", { to: "all", text: "hello" }],
  ["messages/m-1/mark", { mark: "read" }],
  ["messages/m-1/approval", { thread_id: "m-1", content_hash: "h1" }],
  ["inbox/seen", { up_to: 5 }],
];

test("these are all routes that change something", () => {
  const { app } = writingApp();
  const routes = app.routes.filter(({ method, path }) => method === "POST" && path.startsWith("/api/"));
  const paths = new Set(routes.map(({ path }) => path.slice("/api/".length).replace(/:id/u, "some-id")));
  expect([...paths].sort()).toEqual(CHANGES.map(([path]) => path.replace(/e-1|m-1/u, "some-id")).toSorted());
});

describe.each(CHANGES)("POST /api/%s", (path, body) => {
  const refusals: readonly (readonly [string, Record<string, string | null>, number])[] = [
    ["no cookie", { cookie: null }, 401],
    ["another's cookie", { cookie: `clew_4141=99999999999999.AAAA.${"A".repeat(43)}` }, 401],
    ["no Origin", { origin: null }, 403],
    ["another site's Origin", { origin: "http://evil.example" }, 403],
    ["another port's Origin", { origin: "http://127.0.0.1:9999" }, 403],
    ["an opaque Origin", { origin: "null" }, 403],
    ["another site, as the browser says", { "sec-fetch-site": "cross-site" }, 403],
    ["another port, as the browser says", { "sec-fetch-site": "same-site" }, 403],
    ["another Host", { host: "evil.example:4141" }, 403],
    ["a form's content type", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["plain text", { "content-type": "text/plain" }, 415],
    ["JSON that calls itself something else", { "content-type": "application/jsonp" }, 415],
    ["no content type", { "content-type": null }, 415],
    ["without our header", { "clew-request": null }, 403],
  ];
  test.each(refusals)("refuses %s, and does nothing", async (_, headers, status) => {
    const { calls, post } = writingApp();
    expect((await post(path, body, headers)).status).toBe(status);
    expect(calls).toEqual([]);
  });

  test("refuses what is no JSON object, and what is too large", async () => {
    const { calls, post } = writingApp();
    for (const text of ["", "{", "[]", "null", '"text"', "1"]) expect((await post(path, text)).status).toBe(400);
    expect((await post(path, { ...body, title: "x".repeat(3 * 1024 * 1024) })).status).toBe(413);
    expect(calls).toEqual([]);
  });

  test("is not there where nothing can be written", async () => {
    const { app, cookie } = testApp();
    const headers = {
      host: TEST_HOST,
      origin: TEST_ORIGIN,
      cookie,
      "content-type": "application/json",
      "clew-request": "1",
    };
    const answer = await app.request(`/api/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(404);
  });
});

describe("what is written", () => {
  test("has the fields of the request that are known, and no author", async () => {
    const { calls, post } = writingApp();
    const request = { category: "task", title: "t", tags: ["a"], author: "person:eve", origin: "human", trust: "own" };
    expect((await post("entries", request)).status).toBe(201);
    expect(calls).toEqual([["addEntry", { category: "task", title: "t", tags: ["a"] }]]);
  });

  test.each([
    ["entries", { category: "issue" }],
    ["entries", { category: "issue", title: 7 }],
    ["entries", { category: "issue", title: "t", tags: "a" }],
    ["entries", { category: "issue", title: "t", tags: Array(101).fill("a") }],
    ["entries/e-1", { status: "open" }],
    ["entries/e-1", { seen: -1 }],
    ["entries/e-1", { seen: 1.5 }],
    ["entries/e-1", { seen: 1, deleted: "yes" }],
    [`entries/${"e".repeat(301)}`, { seen: 1 }],
    ["messages/m-1/mark", { mark: "approved:x" }],
    ["inbox/seen", { up_to: "all" }],
  ])("POST /api/%s refuses %j", async (path, body) => {
    const { calls, post } = writingApp();
    expect((await post(path, body)).status).toBe(400);
    expect(calls).toEqual([]);
  });

  test("a sentence says why not; our own failures say nothing", async () => {
    const failing = (error: Error) =>
      writingApp({
        editEntry: () => Promise.reject(error),
      }).post("entries/e-1", { seen: 1 });
    const usage = await failing(new ClewError("usage", "status odd is unknown"));
    expect([usage.status, await usage.json()]).toEqual([
      400,
      { error: { code: "usage", message: "status odd is unknown" } },
    ]);
    expect((await failing(new ClewError("not_found", "no entry"))).status).toBe(404);
    const internal = await failing(new Error("/home/ada/secret"));
    expect(internal.status).toBe(500);
    expect(await internal.text()).not.toContain("secret");
  });

  test("an approval is of the content that the page showed, or 409 with what stands now", async () => {
    const { calls, post } = writingApp();
    const answer = await post("entries/e-1/approval", { content_hash: "h0" });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      error: { code: "changed" },
      entry: { content_hash: "h1", warnings: ["odd"] },
    });
    expect(calls).toEqual([]);
    await post("entries/e-1/approval", { content_hash: "h1", approved: false });
    expect(calls).toEqual([["approve", "entry", "e-1", "h1", false]]);
    expect((await post("entries/e-2/approval", { content_hash: "h1" })).status).toBe(404);
  });

  test("the inbox is seen no further than there is anything", async () => {
    const { calls, post } = writingApp();
    await post("inbox/seen", { up_to: 1_000_000 });
    await post("inbox/seen", { up_to: 3 });
    expect(calls).toEqual([
      ["seeInbox", 7],
      ["seeInbox", 3],
    ]);
  });
});

describe("reading", () => {
  test("the choices of the list are passed on, others refused", async () => {
    const asked: unknown[] = [];
    const entries = (question: unknown) => {
      asked.push(question);
      return emptyQuestions.shared.entries(question as never);
    };
    const { get } = testApp({ questions: { ...emptyQuestions, shared: { ...emptyQuestions.shared, entries } } });
    await get("/api/entries?status=open&status=blocked&assignee=&q=%22&mine=1&limit=9999");
    expect(asked).toMatchObject([
      { text: '"', chosen: { status: ["open", "blocked"], assignee: [""], tag: [] }, isMine: true, limit: 200 },
    ]);
    for (const query of ["status=odd", "category=1", "mine=yes", `q=${"a".repeat(2_001)}`, "offset=x"])
      expect((await get(`/api/entries?${query}`)).status, query).toBe(400);
  });

  test("who may write is told", async () => {
    expect(await (await testApp().get("/api/people")).json()).toMatchObject({ can_write: false });
  });

  test.each(["/api/entries/e-0", "/api/messages/m-0"])("%s is 404 as JSON", async (path) => {
    const answer = await testApp().get(path);
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
      404,
      "not_found",
    ]);
  });
});
