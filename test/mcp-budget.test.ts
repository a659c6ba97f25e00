import type { CallToolResult, Client } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { estimateTokens } from "../packages/app/src/context/budget.ts";
import { HOUR, TEST_NOW } from "../packages/app/src/query/testing.ts";
import { type McpBed, mcpBed, partsOf, textOf } from "./mcp-bed.ts";

const SESSIONS = 5000;
const WORDS = "lock refund queue retry staging index deploy cache timeout schema worker batch token ledger shard".split(
  " ",
);
const word = (index: number): string => WORDS[index % WORDS.length]!;
/** Every few sessions one that is written to be as large as it can. */
const LARGE = 'Ünïcödé "quotes" \\backslashes\\ <tags> '.repeat(60);

let bed: McpBed;
let client: Client;

beforeAll(async () => {
  bed = mcpBed();
  bed.db.transaction(() => {
    for (let index = 0; index < SESSIONS; index++) {
      const session = `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, "0")}`;
      const ts = TEST_NOW - index * HOUR;
      const large = index % 7 === 0 ? LARGE : "";
      bed.session(session, {
        project: `${word(index)}-service`,
        title: `Fix the ${word(index)} of the ${word(index + 3)} ${large}`,
        git_branch: `fix/${word(index)}-${index}`,
        started_at: ts - HOUR,
        ended_at: ts,
        prompts: 3,
      });
      for (let event = 0; event < 3; event++) {
        const text = `common ${word(index + event)} ${word(index * 3 + event)} step ${event}: ${"and so on ".repeat(30)}${large}`;
        bed.event(session, { text, ts: ts - HOUR + event });
      }
      if (index % 10 === 0) bed.line({ session, ts, message: `common ${word(index)} failed ${large}`, level: "error" });
    }
  })();
  client = await bed.connect({ profile: "read" });
}, 120_000);
afterAll(() => bed.end());

async function sizes(
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<{ text: number; structured: number; rows: number }> {
  const answer = (await client.callTool({ name, arguments: given })) as CallToolResult;
  expect(answer.isError, textOf(answer)).not.toBe(true);
  partsOf(textOf(answer));
  return {
    text: estimateTokens(textOf(answer)),
    structured: estimateTokens(JSON.stringify(answer.structuredContent)),
    rows: (answer.structuredContent as { readonly rows: readonly unknown[] }).rows.length,
  };
}

describe(`over ${SESSIONS} sessions`, () => {
  test.each([
    ["search", { query: "common" }],
    ["search", { query: "lock" }],
    ["search", { query: '"step 2" refund' }],
    ["search", { query: "Ünïcödé", sort: "relevance" }],
    ["search", { query: "common", limit: 50 }],
    ["search_sessions", {}],
    ["search_sessions", { filter: "project:lock*", limit: 50 }],
    ["get_usage", { by: "session", limit: 100 }],
    ["logs_find", { query: "failed", limit: 50 }],
    ["get_timeline", { session_id: "aaaaaaaa-0000-4000-8000-000000000000", limit: 50 }],
  ] as const)("%s %o is answered in at most 1,000 tokens, and not with nothing", async (name, given) => {
    const { text, structured, rows } = await sizes(name, given);
    expect(text).toBeLessThanOrEqual(1000);
    expect(structured).toBeLessThanOrEqual(1000);
    if (name !== "get_usage") expect(rows).toBeGreaterThan(0);
  });

  test.each([200, 500, 2000, 8000])("and in at most %i, where that is asked for", async (max_tokens) => {
    for (const name of ["search", "search_sessions"]) {
      const given = name === "search" ? { query: "common" } : {};
      const { text, structured, rows } = await sizes(name, { ...given, limit: 50, max_tokens });
      expect(text).toBeLessThanOrEqual(max_tokens);
      expect(structured).toBeLessThanOrEqual(max_tokens);
      expect(rows).toBeGreaterThan(0);
    }
  });
});
