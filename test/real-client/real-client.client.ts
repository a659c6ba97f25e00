/** @module Clew over transcripts that a real client has just written: every token that was served, where it was spent, at the client's own price. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CostAnswer, IndexAnswer, SessionsAnswer } from "../../packages/app/src/model/answers.ts";
import { bareEnvironment, clew } from "../command.ts";
import { clientTotal } from "./client-total.ts";
import { type Driven, drive } from "./drive.ts";
import { scenarios } from "./scenarios.ts";
import type { Served } from "./scripted-api.ts";

const client = process.env.CLEW_CLIENT ?? "";

interface Tokens {
  readonly responses: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_5m_input_tokens: number;
  readonly cache_creation_1h_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

const kinds = [
  "responses",
  "input_tokens",
  "output_tokens",
  "cache_creation_5m_input_tokens",
  "cache_creation_1h_input_tokens",
  "cache_read_input_tokens",
] as const;

const pick = (row: Readonly<Record<string, unknown>>): Tokens =>
  Object.fromEntries(kinds.map((kind) => [kind, row[kind]])) as unknown as Tokens;

function sumOf(served: readonly Served[]): Tokens {
  const sum = (value: (one: Served) => number): number => served.reduce((total, one) => total + value(one), 0);
  return {
    responses: served.length,
    input_tokens: sum(({ usage }) => usage.input_tokens),
    output_tokens: sum(({ usage }) => usage.output_tokens),
    cache_creation_5m_input_tokens: sum(({ usage }) => usage.cache_creation.ephemeral_5m_input_tokens),
    cache_creation_1h_input_tokens: sum(({ usage }) => usage.cache_creation.ephemeral_1h_input_tokens),
    cache_read_input_tokens: sum(({ usage }) => usage.cache_read_input_tokens),
  };
}

async function ask<Answer>(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Answer> {
  const { code, stdout, stderr } = await clew([...args, "--json"], env);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout) as Answer;
}

describe.each(scenarios)("$name", (scenario) => {
  test("is counted to the token, session by session, at the client's price", { timeout: 120_000 }, async () => {
    const driven: Driven = await drive(client, scenario);
    const env = bareEnvironment({
      CLAUDE_CONFIG_DIR: driven.config,
      CLEW_HOME: mkdtempSync(join(tmpdir(), "clew-data-")),
    });
    const index = await ask<IndexAnswer>(["index"], env);
    expect(index.problems).toBe(0);

    const recorded = driven.served.filter(({ conversation }) => conversation !== null);
    const side = driven.served.filter(({ conversation }) => conversation === null);
    const cost = await ask<CostAnswer>(["cost", "--by", "session"], env);
    expect(pick({ ...cost.totals })).toEqual(sumOf(recorded));

    // Each session and each subagent has what its own conversations were served.
    const expected = new Map<string, Tokens>();
    const ofMain = (sessionId: string): readonly string[] =>
      scenario.runs.flatMap(({ prompt }, run) =>
        driven.sessionIds[run] === sessionId
          ? [...prompt.matchAll(/\[\[([a-z-]+)\]\]/g)].map((match) => match[1]!)
          : [],
      );
    for (const sessionId of new Set(driven.sessionIds)) {
      expected.set(sessionId, sumOf(recorded.filter(({ conversation }) => ofMain(sessionId).includes(conversation!))));
    }
    const { rows } = await ask<SessionsAnswer>(["sessions", "--all"], env);
    const sessionOf = new Map<string | null, string | undefined>([[null, driven.sessionIds[0]]]);
    for (const name of Object.keys(scenario.subagents)) {
      const row = rows.find(({ agent_description }) => agent_description === `Helper ${name}`);
      sessionOf.set(name, row?.session_id);
      expected.set(row?.session_id ?? name, sumOf(recorded.filter(({ conversation }) => conversation === name)));
    }
    const found = new Map(cost.rows.map((row) => [row.session as string, pick({ ...row })]));
    expect(found).toEqual(expected);
    for (const [name, caller] of Object.entries(scenario.subagents)) {
      const row = rows.find(({ session_id }) => session_id === sessionOf.get(name));
      expect(row?.parent_session_id, name).toBe(sessionOf.get(caller));
    }

    // Calls that no transcript records are in the client's total only.
    const ours = cost.totals.cost_usd ?? 0;
    const theirs = clientTotal(driven.config);
    if (side.length === 0) expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(recorded.length / 1e6);
    else expect(ours).toBeLessThan(theirs);
  });
});
