/** The example service's lines and model calls in a real browser: one click from a line to its call, one click back. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findLogs } from "../../packages/app/src/query/log-lines.ts";
import { modelCalls as modelCallsOf } from "../../packages/app/src/query/model-calls.ts";
import { openReader, type Reader } from "../../packages/app/src/query/reader.ts";
import {
  type Answered,
  type ExampleMachine,
  exampleMachine,
  type Json,
  modelCalls,
  questionOf,
  startExample,
  takeIn,
} from "../example-service.ts";
import { launchBrowser, watchedPage } from "./browser.ts";
import { serveDatabase, type TestDashboard } from "./dashboard.ts";

let machine: ExampleMachine;
let answers: readonly Answered[];
let calls: readonly Json[];
let dashboard: TestDashboard;
let browser: Browser;

beforeAll(async () => {
  machine = exampleMachine();
  const example = await startExample(machine);
  try {
    answers = await example.ask(60, 20);
  } finally {
    await example.stop();
  }
  calls = modelCalls(machine);
  await takeIn(machine);
  dashboard = await serveDatabase(join(String(machine.env.CLEW_HOME), "clew.db"));
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.close();
  if (machine) rmSync(String(machine.env.HOME), { recursive: true, force: true });
});

function read<Value>(question: (reader: Reader) => Value): Value {
  const reader = openReader(join(String(machine.env.CLEW_HOME), "clew.db"));
  try {
    return question(reader);
  } finally {
    reader.close();
  }
}

/** The session of the service's run: the file of its calls is named after it. */
const runOf = (answer: Answered): string => {
  const { interaction } = read((db) => modelCallsOf(db, { sessionId: answer.sessionId })).rows[0]!;
  return /session_(.+)\.jsonl$/.exec(interaction?.file ?? "")![1]!;
};

async function visit(path: string, steps: (page: Page) => Promise<void>): Promise<void> {
  const { page, context, complaints } = await watchedPage(browser, { origin: dashboard.url });
  try {
    await page.goto(dashboard.signIn());
    await page.getByTestId("session-row").first().waitFor();
    await page.goto(dashboard.url + path);
    await steps(page);
    expect(complaints).toEqual([]);
    expect(dashboard.errors).toEqual([]);
  } finally {
    await context.close();
  }
}

/** The opened call is that of the request: its line in the interaction file asks the request's question. */
async function expectCallOf({ asked }: Answered, page: Page): Promise<void> {
  const row = page.locator("[data-testid=timeline-row][data-open][data-call-key]");
  await row.waitFor();
  const panel = await row.getByTestId("call-panel").textContent();
  const number = Number(/line (\d+)/.exec(panel ?? "")?.[1]);
  expect(questionOf(calls.find(({ interaction_id }) => interaction_id === number)!)).toBe(asked.question);
}

/** From the opened call to one of its lines. */
async function goBack(message: string, eventId: string | null, page: Page): Promise<void> {
  await page.getByTestId("call-line").filter({ hasText: message }).first().click();
  const line = page.locator(`[data-testid=timeline-row][data-open][data-event-id="${eventId}"]`);
  await line.waitFor();
  expect(await line.getAttribute("data-source")).toBe("log");
  expect(await line.textContent()).toContain(message);
}

/** One of each kind: plain, streamed, with a child process, with a thread, refused. */
function requests(): readonly (readonly [string, Answered])[] {
  const first = (is: (answer: Answered) => boolean): Answered => answers.find(is)!;
  return [
    ["answered at once", first(({ asked, status }) => status === 200 && !asked.stream && !asked.proofread)],
    ["streamed", first(({ asked, status }) => status === 200 && asked.stream)],
    ["proofread by a child process", first(({ asked, status }) => status === 200 && asked.proofread)],
    ["counted by a worker thread", first(({ asked, status }) => status === 200 && asked.count)],
    ["refused", first(({ status }) => status === 502)],
  ];
}

describe("from a log line to its model call and back", () => {
  test("in the list of log lines", async () => {
    for (const [, answer] of requests()) {
      await visit(`/logs?session=${answer.sessionId}`, async (page) => {
        const row = page.getByTestId("log-row").filter({ hasText: "asked" });
        const eventId = await row.getAttribute("data-event-id");
        await row.locator(".log-message a").click();
        await page.getByTestId("line-call").first().click();
        await expectCallOf(answer, page);
        await goBack("asked", eventId, page);
      });
    }
  });

  test("in a request's timeline", async () => {
    for (const [, answer] of requests()) {
      await visit(`/sessions/${answer.sessionId}?tab=timeline`, async (page) => {
        const row = page.locator("[data-testid=timeline-row][data-source=log]").filter({ hasText: "asked" });
        const eventId = await row.getAttribute("data-event-id");
        await row.getByTestId("to-call").click();
        await expectCallOf(answer, page);
        await goBack("asked", eventId, page);
      });
    }
  });

  test("of a child process, in the timeline of the whole run", async () => {
    const [, answer] = requests().find(([name]) => name.startsWith("proofread"))!;
    const lines = read((db) => findLogs(db, { sessionId: answer.sessionId })).rows;
    // The child's own session is below the request's, and has called no model itself.
    const line = lines.find(({ message, session_id }) => message === "proofread" && session_id !== answer.sessionId)!;
    await visit(`/sessions/${runOf(answer)}?tab=timeline&at=${encodeURIComponent(line.event_id)}`, async (page) => {
      const row = page.locator(`[data-testid=timeline-row][data-event-id="${line.event_id}"]`);
      await row.getByTestId("to-call").click();
      await expectCallOf(answer, page);
    });
  });
});
