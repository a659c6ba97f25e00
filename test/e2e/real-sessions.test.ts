/** The dashboard over public transcripts, indexed by the command itself; skipped, and saying so, where there are none. */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionsAnswer } from "../../packages/app/src/model/answers.ts";
import { bareEnvironment, clew } from "../command.ts";
import { corpusDir } from "../corpus.ts";
import { launchBrowser, watchedPage } from "./browser.ts";
import { serveDatabase, type TestDashboard } from "./dashboard.ts";

const corpus = corpusDir();

describe.skipIf(corpus === null)("real sessions", () => {
  let dashboard: TestDashboard;
  let browser: Browser;

  beforeAll(async () => {
    const env = bareEnvironment({ CLAUDE_CONFIG_DIR: join(corpus!, "claude") });
    const home = join(env.HOME!, "clew");
    const run = await clew(["index", "--json"], { ...env, CLEW_HOME: home });
    expect(run.code, run.stderr).toBe(0);
    dashboard = await serveDatabase(join(home, "clew.db"));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await dashboard?.close();
  });

  test.each(["tools", "tokens", "duration", "cost"])(
    "the session with the most %s: transcript, waterfall, and a click from one to the other",
    async (sort) => {
      const { page, context, complaints } = await watchedPage(browser, { origin: dashboard.url });
      await page.goto(dashboard.signIn());
      await page.getByTestId("session-row").first().waitFor();
      const answer = (await (
        await page.request.get(`${dashboard.url}/api/sessions?sort=${sort}&limit=1`)
      ).json()) as SessionsAnswer;
      const session = answer.rows[0]!;
      const started = performance.now();
      await page.goto(`${dashboard.url}/sessions/${session.session_id}`);
      await page.locator(".record").first().waitFor();
      await page.locator('.span[data-kind="tool"]').first().waitFor();
      console.log(
        `${session.tool_calls} tool calls: readable after ${Math.round(performance.now() - started)} ms, ${await page.evaluate(() => document.querySelectorAll("*").length)} elements`,
      );
      expect(await page.getByTestId("lane").count()).toBe(session.subagents + 1);
      const spans = page.locator('.span[data-kind="tool"]');
      const span = spans.nth(Math.floor((await spans.count()) / 2));
      const event = await span.getAttribute("data-event");
      await span.scrollIntoViewIfNeeded();
      await span.dispatchEvent("click", { bubbles: true });
      const inThisSession = (await page.request
        .get(`${dashboard.url}/api/sessions/${session.session_id}/timeline?around=${event}&limit=1`)
        .then((one) => one.json())) as { rows: unknown[] };
      if (inThisSession.rows.length > 0) {
        await expect
          .poll(() => page.locator('.record[aria-current="true"]').getAttribute("data-event"), { timeout: 5_000 })
          .toBe(event);
      }
      expect(complaints).toEqual([]);
      expect(dashboard.errors).toEqual([]);
      await context.close();
    },
  );

  test("the cost page's total is the sum of each of its tables", async () => {
    const { page, context, complaints } = await watchedPage(browser, { origin: dashboard.url });
    await page.goto(dashboard.signIn());
    // The cookie is there once a row is.
    await page.getByTestId("session-row").first().waitFor();
    const total = async (by: string) =>
      ((await (await page.request.get(`${dashboard.url}/api/cost?by=${by}`)).json()) as { totals: unknown }).totals;
    const wanted = await total("model");
    for (const by of ["day", "week", "month", "project", "session"]) expect(await total(by), by).toEqual(wanted);
    await page.goto(`${dashboard.url}/cost`);
    await page.getByTestId("cost-totals").waitFor();
    const shown = await page.locator("tfoot tr").evaluateAll((rows) => rows.map((row) => row.textContent));
    expect(shown.length).toBe(4);
    expect(new Set(shown).size).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
