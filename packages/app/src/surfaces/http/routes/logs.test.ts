import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TRACE, testTelemetry, uncorrelatedSession } from "../../../query/log-testing.ts";
import { TEST_NOW, type TestDatabase, testDatabase } from "../../../query/testing.ts";
import type { CorrelatedPage, FoundId, LogContextAnswer, LogsAnswer, ModelCallsAnswer } from "../answers.ts";
import { bindQuestions } from "../bind-questions.ts";
import { TEST_HOST, testApp } from "../testing.ts";

let base: TestDatabase;
let get: ReturnType<typeof testApp>["get"];
let app: ReturnType<typeof testApp>["app"];
beforeAll(() => {
  base = testDatabase();
  const told = testTelemetry(base);
  uncorrelatedSession(base);
  base.session("s/1", { started_at: TEST_NOW, ended_at: TEST_NOW + 9000 });
  told.toolCall("toolu_1", { session_id: "s/1", started_at: TEST_NOW, ended_at: TEST_NOW + 1500, call_event_id: "e" });
  for (const seconds of [1, 2, 3])
    told.line({
      session: "s/1",
      ts: TEST_NOW + seconds * 1000,
      eventId: `line-${seconds}`,
      service: "web",
      message: "<script>alert(1)</script>",
    });
  told.line({ eventId: "nobody", level: "error", logger: "a,b", traceId: TRACE });
  told.modelCall("call-1", { session_id: "s/1", ts: TEST_NOW + 2000, request_id: "req_1" });
  ({ app, get } = testApp({ questions: bindQuestions({ reader: base.db, clock: () => TEST_NOW }) }));
});
afterAll(() => base.close());

async function answerOf<Answer>(path: string): Promise<Answer> {
  const response = await get(path);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Answer;
}

const session = `/api/sessions/${encodeURIComponent("s/1")}`;

describe("/api/logs", () => {
  const ids = async (query: string) =>
    (await answerOf<LogsAnswer>(`/api/logs?${query}`)).rows.map((row) => row.event_id);

  test("answers with lines, chosen by every parameter", async () => {
    expect(await ids("")).toEqual(["line-3", "line-2", "line-1", "nobody"]);
    expect(await ids("session=s/1&order=oldest&limit=2")).toEqual(["line-1", "line-2"]);
    expect(await ids("joined=none")).toEqual(["nobody"]);
    expect(await ids("level=error,fatal")).toEqual(["nobody"]);
    expect(await ids("level=error&level=info&words=hello")).toEqual(["nobody"]);
    expect(await ids("service=web&since=2026-03-10T12:00:02Z&until=2026-03-10T12:00:03Z")).toEqual(["line-2"]);
    expect(await ids("logger=a%2Cb&logger=c")).toEqual(["nobody"]);
    expect(await ids(`trace=${TRACE}`)).toEqual(["nobody"]);
    expect(await ids("tool=toolu_1")).toEqual(["line-1"]);
    expect(await ids("session=&level=&words=")).toHaveLength(4);
    const page = await answerOf<LogsAnswer>("/api/logs?limit=3");
    expect(await ids(`limit=3&cursor=${page.next}`)).toEqual(["nobody"]);
  });

  test("has the lines around one", async () => {
    const around = await answerOf<LogContextAnswer>("/api/logs/line-2/context?before=1&after=0");
    expect([around.by, around.at, around.rows.map((row) => row.event_id)]).toEqual([
      "session",
      1,
      ["line-1", "line-2"],
    ]);
    expect((await get("/api/logs/absent/context")).status).toBe(404);
  });

  test.each([
    "/api/logs?level=loud",
    "/api/logs?joined=luck",
    "/api/logs?order=best",
    "/api/logs?since=yesterday",
    "/api/logs?until=2026-99-99",
    "/api/logs?cursor=1",
    "/api/logs?limit=ten",
    `/api/logs?words=${"x".repeat(2001)}`,
    `/api/logs?session=${"x".repeat(601)}`,
    `/api/logs?service=${"x,".repeat(60)}y`,
    `/api/logs/${"x".repeat(301)}/context`,
    `${session}/correlated?source=luck`,
    `${session}/correlated?after=1`,
    `${session}/correlated?before=x`,
    `/api/find/${"x".repeat(301)}`,
  ])("%s is refused with a sentence", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "parameter" } });
  });
});

test("a session's timeline, its calls, and what an id is", async () => {
  const all = await answerOf<CorrelatedPage>(`${session}/correlated`);
  expect(all.rows.map((row) => row.key.split(":")[0])).toEqual(["tool_call", "log", "model_call", "log", "log"]);
  expect(all.facets?.source[0]).toEqual({ value: "log", count: 3 });
  const rest = await answerOf<CorrelatedPage>(
    `${session}/correlated?limit=2&after=${encodeURIComponent(all.last_cursor!)}`,
  );
  expect(rest).toMatchObject({ rows: [], facets: null, has_before: true });
  const end = await answerOf<CorrelatedPage>(`${session}/correlated?limit=1&before=end&source=log,llm`);
  expect(end.rows.map((row) => row.event_id)).toEqual(["line-3"]);
  const around = await answerOf<CorrelatedPage>(`${session}/correlated?limit=1&around=line-2`);
  expect(around.rows.map((row) => row.event_id)).toEqual(["line-2"]);
  const calls = await answerOf<ModelCallsAnswer>(`${session}/calls`);
  expect(calls.rows.map((row) => row.call_key)).toEqual(["call-1"]);
  const found = await answerOf<{ rows: FoundId[] }>("/api/find/req_1");
  expect(found.rows).toMatchObject([{ kind: "model_call", id: "call-1", session_id: "s/1" }]);
  expect(await answerOf("/api/find/absent")).toEqual({ rows: [] });
});

test("nothing is answered without the cookie, nor to another host", async () => {
  for (const path of [
    "/api/logs",
    "/api/logs/line-1/context",
    `${session}/correlated`,
    `${session}/calls`,
    "/api/find/line-1",
  ]) {
    expect((await app.request(path, { headers: { host: TEST_HOST } })).status).toBe(401);
    expect((await get(path, { host: "evil.example" })).status).toBe(403);
  }
});
