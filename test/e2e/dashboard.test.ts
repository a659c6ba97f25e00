/** Pages in a real browser. Figures that depend on the machine are printed, never asserted. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, type WatchedPage, watchedPage } from "./browser.ts";
import { serveDatabase, type TestDashboard } from "./dashboard.ts";
import { seedAttack, seedLongSession, seedSessions, testDatabase } from "./seed.ts";

const SESSIONS = 5_000;
const database = testDatabase();
let dashboard: TestDashboard;
let browser: Browser;
let attack: string;

beforeAll(async () => {
  seedSessions(database, SESSIONS);
  seedLongSession(database, 120);
  attack = seedAttack(database);
  dashboard = await serveDatabase(database.path);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.close();
  database.close();
});

/** Opens a signed-in page, runs the steps, and wants a clean console. */
async function visit(
  path: string,
  steps: (page: Page) => Promise<unknown>,
  options: { theme?: "light" | "dark"; width?: number } = {},
): Promise<void> {
  const watched: WatchedPage & { context: { close(): Promise<void> } } = await watchedPage(browser, {
    origin: dashboard.url,
    ...options,
  });
  try {
    await watched.page.goto(dashboard.signIn());
    // The code has been exchanged once a row is there; leaving earlier would leave without the cookie.
    await rows(watched.page).first().waitFor();
    if (path !== "/") await watched.page.goto(dashboard.url + path);
    await steps(watched.page);
    expect(watched.complaints).toEqual([]);
    expect(dashboard.errors).toEqual([]);
  } finally {
    await watched.context.close();
  }
}

const rows = (page: Page) => page.getByTestId("session-row");
const titles = (page: Page) => rows(page).locator(".title a").allTextContents();

describe("sessions", () => {
  test("5,000 sessions: few rows in the document, and the last one is reached by scrolling", () =>
    visit("/", async (page) => {
      const started = performance.now();
      await page.reload();
      await rows(page).first().waitFor();
      console.log(`first row of ${SESSIONS} sessions after ${Math.round(performance.now() - started)} ms`);
      expect(await page.getByRole("row").count()).toBeLessThanOrEqual(200);
      await page.getByTestId("session-rows").evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
      await page.getByText(`Session ${SESSIONS - 1}`, { exact: true }).waitFor();
      expect(await page.getByRole("row").count()).toBeLessThanOrEqual(200);
    }));

  test("a facet, the filter bar and the address are one state that survives reload and Back, with the place in the list", () =>
    visit("/", async (page) => {
      await rows(page).first().waitFor();
      await page.getByTestId("session-rows").evaluate((box) => box.scrollTo({ top: 4_000 }));
      await page.getByText("Session 100", { exact: true }).waitFor();
      const before = await titles(page);
      await page.locator('[data-facet="status:abandoned"]').click();
      await page.waitForURL(/q=status%3Aabandoned/);
      const asked = await page.request.get(`${dashboard.url}/api/sessions?q=status:abandoned&limit=500`);
      const answer = (await asked.json()) as { total: number; rows: readonly { title: string }[] };
      // How many rows are drawn is the room's affair; which ones, and in which order, is the answer's.
      const expectAnswer = async () => {
        const drawn = await titles(page);
        expect(drawn.length).toBeGreaterThan(5);
        expect(drawn).toEqual(answer.rows.slice(0, drawn.length).map(({ title }) => title));
      };
      await page.getByText(new RegExp(`^${answer.total.toLocaleString("en-US")} of `)).waitFor();
      expect(await page.getByTestId("filter").inputValue()).toBe("status:abandoned");
      expect(await page.locator('[data-facet="status:abandoned"]').getAttribute("aria-pressed")).toBe("true");
      await expectAnswer();
      const [filtered] = await titles(page);
      await page.reload();
      await rows(page).first().waitFor();
      await expectAnswer();
      await page.goBack();
      await page.waitForURL((url) => url.search === "");
      await expect.poll(async () => (await titles(page))[0]).not.toBe(filtered);
      expect(before).toContain("Session 100");
    }));

  test("Back from a session restores list and place without asking anew", () =>
    visit("/?q=project%3Aapi", async (page) => {
      await rows(page).first().waitFor();
      await page.getByTestId("session-rows").evaluate((box) => box.scrollTo({ top: 2_400 }));
      await page.getByText("Session 199", { exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Session 199" }).waitFor();
      await page.goBack();
      await page.getByText("Session 199", { exact: true }).waitFor();
      expect(await page.getByTestId("session-rows").evaluate((box) => box.scrollTop)).toBe(2_400);
    }));

  test("a filter that cannot be understood says where, and leaves the list alone", () =>
    visit("/", async (page) => {
      await rows(page).first().waitFor();
      const before = await titles(page);
      await page.keyboard.press("/");
      await page.keyboard.type("project:web stauts:failed");
      await page.getByText("Column 13:").waitFor();
      expect(await page.getByTestId("filter").getAttribute("aria-invalid")).toBe("true");
      expect(await titles(page)).toEqual(before);
      expect(page.url()).not.toContain("stauts");
    }));

  test("keyboard alone: filter, move, open, next session, back", () =>
    visit("/", async (page) => {
      await rows(page).first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("project:tools");
      await page.keyboard.press("Enter");
      await page.waitForURL(/project/);
      await page.keyboard.press("Escape");
      await expect.poll(() => titles(page)).toContain("Session 2");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      const target = await page.locator('[data-testid="session-row"][aria-current] .title a').textContent();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: target! }).waitFor();
      await page.keyboard.press("]");
      await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).not.toBe(target);
      await page.keyboard.press("?");
      await page.getByRole("dialog").getByText("Fit the waterfall").waitFor();
      await page.getByRole("dialog").getByText("Older session").waitFor();
    }));
});

describe("a session", () => {
  const chosenRecord = (page: Page) => page.locator('.record[aria-current="true"]');

  test("a click on a span shows its record, a click on a record's time marks its span", () =>
    visit("/sessions/long-session", async (page) => {
      const span = page.locator('.span[data-kind="tool"]').nth(40);
      await span.waitFor();
      const event = await span.getAttribute("data-event");
      await span.click();
      await page.waitForURL(new RegExp(`#event-${event}`));
      await expect.poll(() => chosenRecord(page).getAttribute("data-event")).toBe(event);
      await expect
        .poll(() =>
          chosenRecord(page).evaluate((record) => {
            const box = record.getBoundingClientRect();
            const view = record.closest(".records")!.getBoundingClientRect();
            return box.bottom > view.top && box.top < view.bottom;
          }),
        )
        .toBe(true);
      const other = page.locator('.record[data-event$="-call"]').first();
      const otherEvent = await other.getAttribute("data-event");
      await other.locator(".record-time").click();
      await expect
        .poll(() => page.locator('.span[aria-current="true"]').first().getAttribute("data-event"))
        .toBe(otherEvent);
    }));

  test("a click on a subagent's span opens the subagent's session at that record", () =>
    visit("/sessions/long-session", async (page) => {
      const span = page.locator('.span[data-event^="long-session.a2"]').first();
      const event = (await span.getAttribute("data-event"))!;
      await span.click();
      await page.waitForURL(new RegExp(`sessions/long-session\\.a2#event-${event.replaceAll(".", "\\.")}`));
      await expect.poll(() => chosenRecord(page).getAttribute("data-event")).toBe(event);
    }));

  test("every agent has a lane, overlapping spans have rows of their own, all end inside the picture", () =>
    visit("/sessions/long-session", async (page) => {
      await page.getByTestId("lane").first().waitFor();
      expect(await page.getByTestId("lane").count()).toBe(3);
      const boxes = await page.locator(".span").evaluateAll((spans) =>
        spans.map((span) => ({
          x: Number(span.getAttribute("x")),
          y: Number(span.getAttribute("y")),
          width: Number(span.getAttribute("width")),
        })),
      );
      const edge = await page.getByTestId("waterfall").evaluate((box) => box.clientWidth);
      for (const box of boxes) {
        expect(box.width).toBeGreaterThanOrEqual(2);
        expect(box.x + box.width).toBeLessThanOrEqual(edge);
      }
      const sorted = [...boxes].sort((a, b) => a.y - b.y || a.x - b.x);
      for (const [index, box] of sorted.entries()) {
        const next = sorted[index + 1];
        if (next && next.y === box.y) expect(box.x + box.width).toBeLessThanOrEqual(next.x + 0.02);
      }
    }));

  test("zoom and pan by keys narrow the axis and stand in the address", () =>
    visit("/sessions/long-session", async (page) => {
      const lanes = page.getByTestId("waterfall");
      await lanes.waitFor();
      const length = async () =>
        Number(await lanes.getAttribute("data-end")) - Number(await lanes.getAttribute("data-start"));
      const whole = await length();
      for (let times = 0; times < 5; times++) {
        const before = await length();
        await page.keyboard.press("w");
        await expect.poll(length).toBeLessThan(before);
      }
      expect(page.url()).toMatch(/t0=\d+.*t1=\d+/);
      const zoomed = await length();
      await page.reload();
      await lanes.waitFor();
      expect(Math.abs((await length()) - zoomed)).toBeLessThan(3);
      await page.keyboard.press("0");
      await expect.poll(length).toBe(whole);
    }));

  test("a permalink opens at its record; scrolling reads on in both directions with a bounded document", () =>
    visit("/sessions/long-session#event-long-session-answer-60", async (page) => {
      await expect.poll(() => chosenRecord(page).getAttribute("data-event")).toBe("long-session-answer-60");
      const records = page.getByTestId("records");
      await expect
        .poll(
          async () => {
            await records.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
            return page.locator('[data-event="long-session-fail-119-result"]').count();
          },
          { timeout: 30_000 },
        )
        .toBe(1);
      expect(await page.locator(".record").count()).toBeLessThanOrEqual(300);
      await expect
        .poll(
          async () => {
            await records.evaluate((box) => box.scrollTo({ top: 0 }));
            return page.locator('[data-event="long-session-prompt-0"]').count();
          },
          { timeout: 30_000 },
        )
        .toBe(1);
      expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(12_000);
    }));

  test("prompts, answers, code in colours, diffs, failures, subagents with their own cost", () =>
    visit("/sessions/long-session", async (page) => {
      await page.getByText("Prompt 0: please").waitFor();
      expect(await page.locator(".prose strong").first().textContent()).toBe("fix");
      await page.locator("pre code[data-highlighted] span").first().waitFor();
      expect(await page.locator('.diff-line[data-kind="in"]').first().textContent()).toContain("B");
      expect(await page.locator('.tool[data-status="failed"]').count()).toBeGreaterThan(0);
      await page.getByRole("tree").getByText("look around 0").waitFor();
      await page.getByRole("button", { name: "Prompts and answers" }).click();
      await expect.poll(() => page.locator(".tool").count()).toBe(0);
      await page.getByText("equal to ours").waitFor();
      await page.getByRole("tree").getByText("look around 1").click();
      await page.getByRole("heading", { level: 1, name: "Subagent 1" }).waitFor();
    }));

  test("an unknown session says so", async () => {
    const { page, context } = await watchedPage(browser, { origin: dashboard.url });
    await page.goto(dashboard.signIn());
    await rows(page).first().waitFor();
    await page.goto(`${dashboard.url}/sessions/nobody`);
    await page.getByText("No session has this id").waitFor();
    await context.close();
  });
});

test("search: marks stand around the words, a hit opens its record, typing does not pile up requests", () =>
  visit("/search", async (page) => {
    let answers = 0;
    page.on("response", (response) => {
      if (response.url().includes("/api/search")) answers++;
    });
    // All keystrokes within one task, so that the machine's speed plays no part.
    await page.getByLabel("Search everything").evaluate((input: HTMLInputElement) => {
      for (const character of "Answer 77 project:web") {
        input.value += character;
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
    });
    await page.getByTestId("hit").first().waitFor();
    await expect.poll(() => page.getByRole("listitem").filter({ hasText: "project:web" }).count()).toBe(1);
    expect(answers).toBeLessThanOrEqual(3);
    await page.getByTestId("hit").first().click();
    await page.waitForURL(/sessions\/long-session#event-long-session-answer-77/);
    await expect.poll(() => page.locator('.record[aria-current="true"]').count()).toBe(1);
  }));

test("a commit appears by itself; a broken connection is said and mended", async () => {
  const own = await serveDatabase(database.path);
  const { page, context } = await watchedPage(browser, { origin: own.url });
  await page.goto(own.signIn());
  await rows(page).first().waitFor();
  await page.getByText(/^live/).waitFor();
  database.session("brand-new", {
    title: "Brand new",
    title_source: "ai",
    started_at: Date.UTC(2027, 0, 1),
    ended_at: Date.UTC(2027, 0, 1),
  });
  own.live.publish({ seq: 1_000_000, sessionIds: ["brand-new"] });
  await page.getByText("Brand new", { exact: true }).waitFor();
  await own.close();
  await page.getByText("Disconnected.").waitFor();
  const again = await serveDatabase(database.path, { port: own.port });
  await page.getByText("Disconnected.").waitFor({ state: "detached" });
  await page.getByText(/^live/).waitFor();
  await context.close();
  await again.close();
});

test("text that attacks stays text: nothing runs, nothing is fetched, no policy is violated", () =>
  visit("/", async (page) => {
    const check = async () => {
      await page.waitForTimeout(400);
      expect(await page.evaluate(() => "__pwned" in window)).toBe(false);
      const bad = await page.evaluate(
        () =>
          document.querySelectorAll(
            "#app script, #app iframe, #app object, #app form, #app base, #app style, #app link, #app [onerror], #app [onload], #app [ontoggle], #app a[href^='javascript'], #app a[href^='data'], #app .prose img",
          ).length,
      );
      expect(bad).toBe(0);
    };
    for (const path of [
      "/?q=attack",
      `/?q=${encodeURIComponent("id:attack*")}`,
      "/search?q=pwned",
      "/search?q=%3Cscript%3E",
      "/cost",
      "/tools",
      "/health",
      `/sessions/${attack}?tab=overview`,
      `/sessions/${attack}`,
    ]) {
      await page.goto(dashboard.url + path);
      await page.locator("main").waitFor();
      await check();
    }
    await page.getByText("<script>window.__pwned=1</script>").first().waitFor();
    for (const details of await page.locator("details summary").all()) await details.click();
    await page.getByRole("button", { name: "Every record" }).click();
    await check();
  }));

describe.each(["light", "dark"] as const)("accessibility, %s", (theme) => {
  test.each([
    ["/", '[data-testid="session-row"]'],
    ["/sessions/long-session", ".record"],
    ["/cost", "main"],
    ["/search?q=answer", '[data-testid="hit"]'],
    ["/tools", "table"],
    ["/health", '[data-testid="verdict"]'],
  ])("%s has no serious finding", (path, ready) =>
    visit(
      path,
      async (page) => {
        await page.locator(ready).first().waitFor();
        await page.waitForTimeout(300);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
        expect(
          serious.map(
            (one) =>
              `${one.id}: ${one.nodes
                .map((node) => `${node.target} ${node.failureSummary}`)
                .slice(0, 3)
                .join(" | ")}`,
          ),
        ).toEqual([]);
      },
      { theme },
    ),
  );
});

test("the first painted frame has the theme's background, and a choice outlives a reload", () =>
  visit(
    "/",
    async (page) => {
      const lightness = () =>
        page.evaluate(() => {
          const canvas = document.createElement("canvas").getContext("2d")!;
          canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
          return canvas.getImageData(0, 0, 1, 1).data[0]!;
        });
      expect(await lightness()).toBeLessThan(60);
      await page.getByRole("button", { name: /^Theme: system/ }).click();
      expect(await lightness()).toBeGreaterThan(200);
      await page.reload({ waitUntil: "domcontentloaded" });
      expect(await lightness()).toBeGreaterThan(200);
    },
    { theme: "dark" },
  ));

test("at 320 pixels nothing runs out of the page", () =>
  visit(
    "/",
    async (page) => {
      for (const path of ["/", "/cost", "/search?q=answer", "/tools", "/health", "/sessions/long-session"]) {
        await page.goto(dashboard.url + path);
        await page.waitForTimeout(300);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
      }
    },
    { width: 320 },
  ));

test("a browser that is not signed in sees no data, and a link works once", async () => {
  const { page, context } = await watchedPage(browser, { origin: dashboard.url });
  await page.goto(dashboard.url);
  await page.getByText("This browser is not signed in").waitFor();
  const link = dashboard.signIn();
  await page.goto("about:blank");
  await page.goto(link);
  await rows(page).first().waitFor();
  expect(page.url()).not.toContain("c=");
  await context.close();
  const other = await watchedPage(browser, { origin: dashboard.url });
  await other.page.goto(link);
  await other.page.getByText("This browser is not signed in").waitFor();
  await other.context.close();
});
