/** What hooks tell, in a real browser: who waits, what is going on, and whether all is well. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchedPage } from "./browser.ts";
import { serveDatabase } from "./dashboard.ts";
import { type LiveDashboard, rows, startLiveDashboard } from "./live-dashboard.ts";
import { LIVE } from "./seed-live.ts";

let running: LiveDashboard;
beforeAll(async () => {
  running = await startLiveDashboard();
});
afterAll(() => running?.close());

const visit: LiveDashboard["visit"] = (...visiting) => running.visit(...visiting);

const entry = (page: Page, session: string) => page.locator(`.live-entry[data-session="${session}"]`);

describe("the list", () => {
  test("a waiting session's dot says what for and since when, and its row says so in words", () =>
    visit("/", async (page) => {
      const row = page.locator(`[data-session="${LIVE.waiting}"][role="row"]`);
      await row.getByRole("img", { name: /^waiting for permission: Bash, since \d+ (s|m)$/ }).waitFor();
      await row.getByText("waiting: permission: Bash", { exact: true }).waitFor();
      const dot = (session: string, name: RegExp) =>
        page.locator(`[data-session="${session}"][role="row"]`).getByRole("img", { name }).waitFor();
      await dot(LIVE.working, /^working, since/);
      await dot(LIVE.idle, /^idle, since/);
      await dot(LIVE.failed, /^failed: rate_limit, since/);
      await dot(LIVE.ended, /^completed: prompt_input_exit$/);
    }));

  test("a dot's name tells the time as it passes", () =>
    visit("/", async (page) => {
      const dot = page.locator(`[data-session="${LIVE.working}"][role="row"] .dot`);
      await dot.waitFor();
      const first = await dot.getAttribute("aria-label");
      await expect.poll(() => dot.getAttribute("aria-label"), { timeout: 10_000 }).not.toBe(first);
    }));

  test("activity: is a filter, a facet and an address", () =>
    visit("/", async (page) => {
      await page.locator('[data-facet="activity:idle"]').click();
      await page.waitForURL(/q=activity%3Aidle/);
      await expect
        .poll(() => rows(page).evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.session).sort()))
        .toEqual([LIVE.idle, LIVE.hooksAlone].sort());
    }));
});

describe("the live strip", () => {
  test("shows who waits first, and leads to the sessions", () =>
    visit("/", async (page) => {
      await entry(page, LIVE.waiting).waitFor();
      const shown = await page
        .locator(".live-entry")
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.activity));
      expect(shown.slice(0, 2)).toEqual(["waiting", "waiting"]);
      expect(shown).toEqual(expect.arrayContaining(["working", "idle", "failed"]));
      await entry(page, LIVE.waiting).click();
      await page.getByRole("heading", { level: 1, name: "Repair the kiln's door" }).waitFor();
    }));

  test("changes by itself when a hook's record is taken in: begins to wait, goes on, ends", () =>
    visit("/", async (page) => {
      const session = "99999999-0000-4000-8000-000000000000";
      const asks = { tool_name: "WebFetch", tool_input: { url: "https://example.org" }, tool_use_id: "toolu_web" };
      await entry(page, LIVE.waiting).waitFor();
      running.live.hook("SessionStart", session, { source: "startup" });
      running.live.takeIn(running.dashboard.live);
      await page.locator(`.live-entry[data-session="${session}"][data-activity="idle"]`).waitFor();
      running.live.hook("PermissionRequest", session, asks);
      running.live.takeIn(running.dashboard.live);
      await entry(page, session).getByText("waiting: permission: WebFetch").waitFor();
      await page
        .locator(`[data-session="${session}"][role="row"]`)
        .getByText("waiting: permission: WebFetch")
        .waitFor();
      await page
        .getByRole("status")
        .filter({ hasText: "waiting: permission: WebFetch" })
        .waitFor({ state: "attached", timeout: 10_000 });
      running.live.hook("PostToolUse", session, { ...asks, tool_response: "ok", duration_ms: 20 });
      running.live.takeIn(running.dashboard.live);
      await page.locator(`.live-entry[data-session="${session}"][data-activity="working"]`).waitFor();
      running.live.hook("SessionEnd", session, { reason: "logout" });
      running.live.takeIn(running.dashboard.live);
      await entry(page, session).waitFor({ state: "detached" });
    }));

  test("fifty changes, one by one: how long each takes to be seen", () =>
    visit("/", async (page) => {
      const session = "88888888-0000-4000-8000-000000000000";
      running.live.hook("SessionStart", session, { source: "startup" });
      running.live.takeIn(running.dashboard.live);
      await entry(page, session).waitFor();
      const took: number[] = [];
      for (let index = 0; index < 50; index++) {
        running.live.hook("PermissionRequest", session, { tool_name: `Tool${index}`, tool_input: {} });
        const started = performance.now();
        running.live.takeIn(running.dashboard.live);
        await entry(page, session).getByText(`permission: Tool${index}`, { exact: false }).waitFor();
        took.push(performance.now() - started);
      }
      took.sort((a, b) => a - b);
      console.log(`hook to page: median ${Math.round(took[25]!)} ms, p95 ${Math.round(took[47]!)} ms`);
      running.live.hook("SessionEnd", session, { reason: "logout" });
      running.live.takeIn(running.dashboard.live);
      await entry(page, session).waitFor({ state: "detached" });
    }));

  test("where no hook has ever spoken, it says how to set hooks up", async () => {
    const { liveMachine } = await import("./live-machine.ts");
    const { transcriptLines } = await import("../../packages/app/src/ingest/testing.ts");
    const plain = liveMachine();
    plain.machine.write("-home-ada-kiln/old.jsonl", transcriptLines("old").prompt("hello").answer("hi").text());
    await plain.machine.index();
    const own = await serveDatabase(plain.machine.database);
    const { page, context } = await watchedPage(running.browser, { origin: own.url });
    try {
      await page.goto(own.signIn());
      await page.getByTestId("live-strip").getByText("clew setup").waitFor();
    } finally {
      await context.close();
      await own.close();
      plain.close();
    }
  });
});

test("the health page: checks, counts, what was lost, and the raw lines of what could not be read", () =>
  visit("/health", async (page) => {
    await page.getByTestId("verdict").waitFor();
    const answer = (await (await page.request.get(`${running.dashboard.url}/api/doctor`)).json()) as {
      checks: readonly unknown[];
    };
    expect(await page.locator(".checks li").count()).toBe(answer.checks.length);
    for (let index = 0; index < 7; index++) running.live.own("session.outcome", LIVE.idle, { summary: 7 + index });
    running.live.takeIn(running.dashboard.live);
    await page.getByRole("button", { name: "Check again" }).click();
    await expect.poll(() => page.getByTestId("problem").count()).toBe(7);
    await page.getByText("7 records could not be read in full").waitFor();
    expect(await page.getByTestId("problem").first().locator("pre").textContent()).toContain('"summary":');
    await page.getByTestId("problem").first().getByRole("link").click();
    await page.waitForURL(new RegExp(`sessions/${LIVE.idle}#event-`));
  }));

describe.each(["light", "dark"] as const)("accessibility, %s", (theme) => {
  test.each([
    ["/", ".live-entry"],
    [`/sessions/${LIVE.waiting}`, ".record"],
    [`/sessions/${LIVE.working}?tab=overview`, ".panel"],
    [`/sessions/${LIVE.attack}?tab=overview`, ".panel"],
    ["/health", '[data-testid="verdict"]'],
  ])("%s has no serious finding", (path, ready) =>
    visit(
      path,
      async (page) => {
        await page.locator(ready).first().waitFor();
        await page.waitForTimeout(300);
        for (const details of await page.locator(".overview details summary").all()) await details.click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
        expect(
          serious.map(
            (one) =>
              `${one.id}: ${one.nodes
                .map((node) => `${node.target}`)
                .slice(0, 3)
                .join(" | ")}`,
          ),
        ).toEqual([]);
      },
      { theme },
    ),
  );
});

test("with reduced motion nothing moves", () =>
  visit("/", async (page) => {
    await entry(page, LIVE.working).waitFor();
    expect(
      await page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length),
    ).toBe(0);
  }));

test("at 320 pixels nothing runs out of the page", () =>
  visit(
    "/",
    async (page) => {
      for (const path of [
        "/",
        "/health",
        `/sessions/${LIVE.waiting}`,
        `/sessions/${LIVE.working}?tab=overview`,
        `/sessions/${LIVE.attack}?tab=overview`,
      ]) {
        await page.goto(running.dashboard.url + path);
        await page.waitForTimeout(300);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
      }
    },
    { width: 320 },
  ));
