/** The Logs page in a real browser, over lines, calls and sessions that were taken in as the daemon does it. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchedPage } from "./browser.ts";
import { serveDatabase } from "./dashboard.ts";
import { type LiveDashboard, startDashboard } from "./live-dashboard.ts";
import { liveMachine } from "./live-machine.ts";
import { LOGS, type LogMachine, SERVER_LINES, STRAY_LINES, seedLogs } from "./seed-logs.ts";

let running: LiveDashboard<LogMachine>;
beforeAll(async () => {
  running = await startDashboard(seedLogs);
});
afterAll(() => running?.close());

const visit: LiveDashboard["visit"] = (...visiting) => running.visit(...visiting);

const lines = (page: Page) => page.getByTestId("log-row");
const line = (page: Page, text: string) => lines(page).filter({ hasText: text });
const detail = (page: Page) => page.getByTestId("log-detail");
const messages = (page: Page) => lines(page).locator(".log-message").allTextContents();
const ask = async <T>(page: Page, path: string) =>
  (await (await page.request.get(`${running.dashboard.url}/api/${path}`)).json()) as T;
const totalOf = async (page: Page, query: string) =>
  (await ask<{ total: number }>(page, `logs?limit=1&${query}`)).total;

describe("the list", () => {
  test("newest first, few rows in the document, and the oldest line is reached by scrolling and left again", () =>
    visit("/logs", async (page) => {
      await line(page, "2 letters sent").waitFor();
      const times = await lines(page)
        .locator("time")
        .evaluateAll((all) => all.map((one) => one.getAttribute("datetime")!));
      expect(times).toEqual([...times].sort().reverse());
      const box = page.getByTestId("log-rows");
      await expect
        .poll(
          async () => {
            await box.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
            return line(page, "request 0 of the glaze catalogue").count();
          },
          { timeout: 30_000 },
        )
        .toBe(1);
      expect(await lines(page).count()).toBeLessThanOrEqual(120);
      await box.evaluate((element) => element.scrollTo({ top: 0 }));
      await line(page, "2 letters sent").waitFor();
    }));

  test("a line says when, how bad in words, who, what, and leads to its session", () =>
    visit("/logs?service=kiln-orders", async (page) => {
      const row = line(page, "order 1041 failed");
      await row.waitFor();
      expect(await row.locator(".log-level").textContent()).toBe("error");
      expect(await row.locator(".log-service").textContent()).toBe("kiln-orders");
      expect(await row.locator(".log-logger").textContent()).toBe("orders");
      await row.getByRole("link", { name: "Sync orders" }).click();
      await page.waitForURL(new RegExp(`/sessions/${LOGS.orders}\\?tab=timeline&at=`));
      await page
        .locator('[data-testid="timeline-row"][aria-current="true"]', { hasText: "order 1041 failed" })
        .waitFor();
    }));

  test("facets, words and period are the address: they survive a reload, and Back takes them back", () =>
    visit("/logs", async (page) => {
      const total = page.getByTestId("logs-total");
      await page.locator('[data-facet="service:kiln-orders"]').click();
      await page.waitForURL(/service=kiln-orders/);
      await page.locator('[data-facet="level:error"]').click();
      await page.waitForURL(/level=error/);
      await expect.poll(() => total.textContent()).toBe("1 line");
      expect(await totalOf(page, "level=error&service=kiln-orders")).toBe(1);
      await page.locator('[data-facet="level:warn"]').click();
      await expect.poll(() => total.textContent()).toBe("2 lines");
      const shown = await messages(page);
      await page.reload();
      await expect.poll(() => messages(page)).toEqual(shown);
      expect(await page.locator('[data-facet="level:warn"]').getAttribute("aria-pressed")).toBe("true");
      await page.getByTestId("filter").fill("order 1041");
      await page.waitForURL(/q=order\+1041/);
      await expect.poll(() => messages(page)).toEqual(["order 1041 failed"]);
      await page.goBack();
      await expect.poll(() => messages(page)).toEqual(shown);
      await page.goBack();
      await page.waitForURL((url) => !url.search.includes("warn"));
      await expect.poll(() => total.textContent()).toBe("1 line");
      await page.getByRole("button", { name: "15m" }).click();
      await page.waitForURL(/since=15m/);
      await expect.poll(() => total.textContent()).toBe("1 line");
    }));

  test("each facet's counts add up to the lines that there are", () =>
    visit("/logs", async (page) => {
      await lines(page).first().waitFor();
      const answer = await ask<{ total: number; facets: Record<string, readonly { count: number }[]> }>(page, "logs");
      for (const facet of Object.values(answer.facets))
        expect(facet.reduce((sum, one) => sum + one.count, 0)).toBe(answer.total);
      expect(answer.total).toBeGreaterThan(SERVER_LINES);
    }));

  test("what nothing passes says so, and gives everything back", () =>
    visit("/logs?q=nosuchwordanywhere", async (page) => {
      await page.getByText("No line passes this").waitFor();
      await page.getByRole("button", { name: "Show all lines" }).click();
      await lines(page).first().waitFor();
      expect(new URL(page.url()).search).toBe("");
    }));

  test("a new line appears by itself at the top, and is counted while one reads further down", () =>
    visit("/logs", async (page) => {
      await lines(page).first().waitFor();
      const say = (text: string) => {
        running.live.line({ name: "orders", service: "kiln-orders", session_id: LOGS.orders, msg: text }, 0);
        running.live.takeIn(running.dashboard.live);
      };
      say("seen at once");
      await line(page, "seen at once").waitFor();
      const box = page.getByTestId("log-rows");
      await box.evaluate((element) => element.scrollTo({ top: 1_500 }));
      // The rows of that place are drawn a moment later.
      await expect.poll(() => messages(page)).not.toContain("seen at once");
      let before = await messages(page);
      await expect
        .poll(async () => {
          const last = before;
          before = await messages(page);
          return before.join("\n") === last.join("\n");
        })
        .toBe(true);
      say("while away, one");
      say("while away, two");
      const fresh = page.getByTestId("new-lines");
      await expect.poll(() => fresh.textContent()).toMatch(/^2 new lines/);
      expect(await messages(page)).toEqual(before);
      await fresh.click();
      await line(page, "while away, two").waitFor();
      await fresh.waitFor({ state: "detached" });
      expect(await messages(page)).toEqual(expect.arrayContaining(["while away, one", "seen at once"]));
    }));
});

describe("an opened line", () => {
  test("its whole text and fields, by what it joined, its process, its tool call", () =>
    visit("/logs?service=kiln-orders", async (page) => {
      await line(page, "order 1041 failed").getByRole("link").first().click();
      await page.waitForURL(/event=/);
      await detail(page).getByText("at reserve (/srv/kiln/stock.js:41:9)").waitFor();
      await detail(page).getByText("hostname: kiln-1").waitFor();
      await detail(page).getByText("By id: the line names its session.").waitFor();
      await detail(page).getByText("pid 7002").waitFor();
      await detail(page).getByTestId("line-tool-call").click();
      await page.waitForURL(new RegExp(`/sessions/${LOGS.agent}#event-`));
      await page.locator('.record[aria-current="true"]', { hasText: "npm run sync-orders" }).waitFor();
    }));

  test("how lines of trace and process came to their session", () =>
    visit("/logs?service=kiln-mailer", async (page) => {
      await line(page, "two letters to write").getByRole("link").first().click();
      await detail(page)
        .getByText(/^By trace:/)
        .waitFor();
      await line(page, "2 letters sent").getByRole("link").first().click();
      await detail(page).getByText("By process: pid 7003 was running this session at that time.").waitFor();
    }));

  test("ten lines before and after, more on demand, each to open in turn", () =>
    visit(`/logs?service=glaze-server&q=${encodeURIComponent('"request 700 of"')}`, async (page) => {
      await lines(page).first().getByRole("link").first().click();
      const around = page.getByTestId("log-context").getByRole("listitem");
      await expect.poll(() => around.count()).toBe(21);
      expect(await around.nth(10).getByRole("button").getAttribute("aria-current")).toBe("true");
      expect(await around.first().textContent()).toContain("request 690 of");
      expect(await around.last().textContent()).toContain("request 710 of");
      await page.getByRole("button", { name: "40 lines before" }).click();
      await expect.poll(() => around.count()).toBe(61);
      expect(await around.first().textContent()).toContain("request 650 of");
      await around.first().getByRole("button").click();
      await expect.poll(() => page.getByTestId("line-text").textContent()).toContain("request 650 of");
      await page.goBack();
      await expect.poll(() => page.getByTestId("line-text").textContent()).toContain("request 700 of");
    }));

  test("one click leads to its whole session at that line", () =>
    visit("/logs?service=kiln-mailer", async (page) => {
      await line(page, "retrying after 429").getByRole("link").first().click();
      const event = await detail(page).getAttribute("data-event-id");
      await page.getByTestId("open-in-session").click();
      await page.waitForURL(new RegExp(`/sessions/${LOGS.mailer}\\?tab=timeline&at=${event}`));
      const row = page.locator('[data-testid="timeline-row"][aria-current="true"]');
      await expect.poll(() => row.getAttribute("data-event-id")).toBe(event);
      expect(await row.getByText("By process: pid 7003").isVisible()).toBe(true);
    }));

  test("one click leads to the call of a model in its trace, and one click back", () =>
    visit("/logs?service=kiln-orders", async (page) => {
      await line(page, "out of stock").filter({ hasText: "the model answered" }).getByRole("link").first().click();
      const event = await detail(page).getAttribute("data-event-id");
      const call = detail(page).getByTestId("line-call");
      await call.first().waitFor();
      expect(await call.count()).toBe(1);
      expect(await call.textContent()).toContain("same trace");
      const key = (await call.getAttribute("data-call-key"))!;
      await call.click();
      const panel = page.getByTestId("call-panel");
      await panel.waitFor();
      const row = page.locator('[data-testid="timeline-row"][aria-current="true"]');
      await expect.poll(() => row.getAttribute("data-call-key")).toBe(key);
      for (const text of ["claude-haiku-4-5-20251001", "2,860", "143", "$0.0031", "1.8 s", "420 ms", "end_turn"])
        await panel.getByText(text, { exact: false }).first().waitFor();
      await panel.getByText("interaction log").waitFor();
      await panel.locator(`[data-testid="call-line"][data-event-id="${event}"]`).click();
      await expect.poll(() => row.getAttribute("data-event-id")).toBe(event);
      await row.getByTestId("to-call").click();
      await expect.poll(() => row.getAttribute("data-call-key")).toBe(key);
    }));

  test("all lines of its trace", () =>
    visit("/logs?service=kiln-orders", async (page) => {
      await line(page, "asking the model").getByRole("link").first().click();
      await page.getByTestId("open-trace").click();
      await page.waitForURL(new RegExp(`trace=${LOGS.trace}`));
      await expect.poll(() => lines(page).count()).toBe(2);
      expect(await detail(page).count()).toBe(1);
      await page.getByRole("button", { name: /^Remove trace/ }).click();
      await page.waitForURL((url) => !url.search.includes("trace"));
    }));

  test("keyboard alone: move, open, go on, close", () =>
    visit("/logs?service=kiln-mailer", async (page) => {
      await lines(page).first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      const current = page.locator('[data-testid="log-row"][aria-current="true"]');
      await expect.poll(() => current.locator(".log-message").textContent()).toBe("retrying after 429");
      await page.keyboard.press("Enter");
      await detail(page).getByText("retrying after 429").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await detail(page).getByText("two letters to write").first().waitFor();
      await page.keyboard.press("Escape");
      await detail(page).waitFor({ state: "detached" });
      await page.keyboard.press("?");
      await page.getByRole("dialog").getByText("Open the line").waitFor();
    }));

  test("an address of a line that is not in the list opens it all the same", () =>
    visit(`/logs?service=night-watch`, async (page) => {
      const { rows } = await ask<{ rows: readonly { event_id: string }[] }>(page, "logs?service=kiln-mailer&limit=1");
      await page.goto(`${running.dashboard.url}/logs?service=night-watch&event=${rows[0]!.event_id}`);
      await detail(page).getByText("2 letters sent").first().waitFor();
    }));
});

describe("uncorrelated", () => {
  test("is a place to look, with its count, the reasons, and what each line lacks", () =>
    visit("/logs", async (page) => {
      const tab = page.getByTestId("uncorrelated-tab");
      await expect.poll(() => tab.textContent()).toBe(`Uncorrelated (${STRAY_LINES})`);
      await tab.click();
      await page.waitForURL(/joined=none/);
      await page.getByRole("note").getByText("Lines that lead to no session.").waitFor();
      await expect.poll(() => page.getByTestId("logs-total").textContent()).toBe(`${STRAY_LINES} lines`);
      expect(await totalOf(page, "joined=none")).toBe(STRAY_LINES);
      expect(await lines(page).first().getAttribute("data-joined")).toBe("none");
      await line(page, "nobody's line 36").getByRole("link").first().click();
      await detail(page)
        .getByText(/no session is known in its trace, and no session, or more than one, ran in pid 9036/)
        .waitFor();
      expect(await page.getByTestId("open-in-session").count()).toBe(0);
      await page.reload();
      await page.getByRole("note").waitFor();
    }));

  test("a line leaves it by itself when what it lacks arrives", () =>
    visit("/logs?joined=none", async (page) => {
      await line(page, "nobody's line 35").waitFor();
      running.live.own("session.start", "late-watch", { name: "Late watch", pid: 9_035 }, 3_000);
      running.live.takeIn(running.dashboard.live);
      await line(page, "nobody's line 35").waitFor({ state: "detached" });
      await expect.poll(() => page.getByTestId("logs-total").textContent()).toBe(`${STRAY_LINES - 1} lines`);
    }));
});

test("a failed question says so, and can be asked again", async () => {
  const { page, context } = await watchedPage(running.browser, { origin: running.dashboard.url });
  try {
    await page.goto(running.dashboard.signIn());
    await page.getByTestId("session-row").first().waitFor();
    await page.route("**/api/logs?**", (route) =>
      route.fulfill({ status: 500, json: { error: { code: "internal", message: "the question failed" } } }),
    );
    await page.goto(`${running.dashboard.url}/logs`);
    await page.getByRole("alert").getByText("the question failed").waitFor();
    await page.unroute("**/api/logs?**");
    await page.getByRole("button", { name: "Try again" }).click();
    await lines(page).first().waitFor();
    await page.goto(`${running.dashboard.url}/logs?event=nobody`);
    await detail(page).getByText("no log line has this id").waitFor();
  } finally {
    await context.close();
  }
});

test("where no line has ever come in, it says how to have some read", async () => {
  const plain = liveMachine();
  plain.own("session.start", "quiet", { name: "Quiet" }, 10);
  plain.takeIn();
  const own = await serveDatabase(plain.machine.database);
  const { page, context, complaints } = await watchedPage(running.browser, { origin: own.url });
  try {
    await page.goto(own.signIn());
    await page.getByTestId("session-row").first().waitFor();
    await page.goto(`${own.url}/logs`);
    await page.getByText("clew logs add PATH").waitFor();
    await page.getByTestId("uncorrelated-tab").click();
    await page.getByText("Every line belongs to a session").waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    await own.close();
    plain.close();
  }
});

describe.each(["light", "dark"] as const)("accessibility, %s", (theme) => {
  test.each([
    ["/logs", async (page: Page) => await lines(page).first().waitFor()],
    [
      "/logs?service=kiln-orders",
      async (page: Page) => {
        await line(page, "order 1041 failed").getByRole("link").first().click();
        await page.getByTestId("log-context").getByRole("listitem").first().waitFor();
      },
    ],
    ["/logs?joined=none", async (page: Page) => await lines(page).first().waitFor()],
  ] as const)("%s has no serious finding", (path, ready) =>
    visit(
      path,
      async (page) => {
        await ready(page);
        await page.waitForTimeout(300);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
        expect(
          serious.map(
            (one) =>
              `${one.id}: ${one.nodes
                .map((node) => node.target)
                .slice(0, 3)
                .join(" | ")}`,
          ),
        ).toEqual([]);
      },
      { theme },
    ),
  );
});

test("at 320 pixels nothing runs out of the page, and facets are within reach", () =>
  visit(
    "/logs",
    async (page) => {
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      await lines(page).first().waitFor();
      expect(await width()).toBeLessThanOrEqual(320);
      await page.getByRole("button", { name: "Facets" }).click();
      await page.locator('[data-facet="service:kiln-mailer"]').click();
      await expect.poll(() => lines(page).count()).toBe(3);
      await page.getByRole("button", { name: "Facets" }).click();
      await lines(page).first().getByRole("link").first().click();
      await detail(page).waitFor();
      expect(await width()).toBeLessThanOrEqual(320);
      await page.getByRole("button", { name: "Close the line" }).click();
      await detail(page).waitFor({ state: "detached" });
    },
    { width: 320 },
  ));
