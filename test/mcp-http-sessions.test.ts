import { afterEach, beforeEach, expect, test } from "vitest";
import { TEST_NOW } from "../packages/app/src/query/testing.ts";
import { type McpBed, mcpBed } from "./mcp-bed.ts";
import { answerOf, type HttpBed, initialize, overHttp, TOKENS } from "./mcp-conversation.ts";

const LIST = { jsonrpc: "2.0", id: 2, method: "tools/list" };
const HOURS = 60 * 60 * 1000;

let bed: McpBed;
let http: HttpBed;
let now: number;
beforeEach(() => {
  bed = mcpBed();
  now = TEST_NOW;
  http = overHttp({ ...bed.services, clock: () => now });
});
afterEach(async () => {
  await http.served.close();
  await bed.end();
});

const list = (headers: Readonly<Record<string, string>>) => http.request({ body: LIST, headers });

test("whoever initializes gets a session of his own, which ends when he says so", async () => {
  const [one, other] = [await http.session(), await http.session("2025-06-18")];
  expect(one["Mcp-Session-Id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(one["Mcp-Session-Id"]).not.toBe(other["Mcp-Session-Id"]);
  const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
  expect((await http.request({ body: initialized, headers: one })).status).toBe(202);
  expect((await answerOf(await list(one))).result).toHaveProperty("tools");
  expect((await http.request({ method: "DELETE", headers: one })).status).toBe(200);
  const gone = await list(one);
  expect([gone.status, (await answerOf(gone)).error?.code]).toEqual([404, -32001]);
  expect((await http.request({ method: "GET", headers: one })).status).toBe(404);
  expect((await list(other)).status).toBe(200);
});

test("a session that is none is told so, and one of the other token is none", async () => {
  expect((await list({ "Mcp-Session-Id": "nobody" })).status).toBe(404);
  const writers = await http.session("2025-11-25", TOKENS.write);
  expect((await list(writers)).status).toBe(200);
  expect((await list({ ...writers, Authorization: `Bearer ${TOKENS.read}` })).status).toBe(404);
  expect((await list({ ...writers, Authorization: "Bearer x" })).status).toBe(401);
});

test("without a session a request is answered all the same", async () => {
  const answer = await list({ "MCP-Protocol-Version": "2025-11-25" });
  expect([answer.status, answer.headers.get("mcp-session-id")]).toEqual([200, null]);
  expect((await answerOf(answer)).result).toHaveProperty("tools");
  expect((await http.request({ method: "DELETE" })).status).toBe(405);
});

test("what is no handshake begins no session", async () => {
  for (const [body, headers] of [
    [{ jsonrpc: "2.0", ...initialize("2025-11-25") }, { Accept: "application/json" }],
    [{ jsonrpc: "2.0", id: 1, method: "initialize", params: {} }, {}],
    [{ jsonrpc: "2.0", method: "initialize" }, {}],
  ] as const) {
    const answer = await http.request({ body, headers });
    expect(answer.headers.get("mcp-session-id")).toBe(null);
    await answer.body?.cancel();
  }
});

test("the one that was used longest ago makes room for the thirty-third", async () => {
  const sessions = [];
  for (let index = 0; index < 32; index++) sessions.push(await http.session());
  await list(sessions[0]!);
  const newest = await http.session();
  expect((await list(sessions[0]!)).status).toBe(200);
  expect((await list(sessions[1]!)).status).toBe(404);
  expect((await list(sessions[2]!)).status).toBe(200);
  expect((await list(newest)).status).toBe(200);
});

test("one that nobody uses is forgotten", async () => {
  const [quiet, busy] = [await http.session(), await http.session()];
  now += 11 * HOURS;
  await list(busy);
  now += 2 * HOURS;
  await http.session();
  expect((await list(quiet)).status).toBe(404);
  expect((await list(busy)).status).toBe(200);
});

test("its stream ends with it", async () => {
  const session = await http.session();
  const stream = await http.request({ method: "GET", headers: session });
  expect(stream.status).toBe(200);
  expect((await http.request({ method: "GET", headers: session })).status).toBe(409);
  await http.served.close();
  expect(await stream.text()).toBe("");
});
