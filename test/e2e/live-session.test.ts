/** A session that hooks tell of, in a real browser: its head, transcript and overview, and text that attacks them. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LiveDashboard, startLiveDashboard } from "./live-dashboard.ts";
import { HOSTILE, LIVE } from "./seed-live.ts";

let running: LiveDashboard;
beforeAll(async () => {
  running = await startLiveDashboard();
});
afterAll(() => running?.close());

const visit: LiveDashboard["visit"] = (...visiting) => running.visit(...visiting);

describe("a session", () => {
  const record = (page: Page, text: string) => page.locator(".record", { hasText: text });

  test("its head says what it does, since when, for whom and in which process", () =>
    visit(`/sessions/${LIVE.waiting}`, async (page) => {
      const line = page.getByTestId("live-line");
      await line.getByText("waiting: permission: Bash").waitFor();
      await line.getByText(/^since \d+ (s|m)$/).waitFor();
      await line.getByText("pid 4711").waitFor();
      await page
        .locator(".session-meta")
        .getByText(/^claude-code@kiln by \S+$/)
        .waitFor();
    }));

  test("hooks stand quietly between the records, and can be left out", () =>
    visit(`/sessions/${LIVE.waiting}`, async (page) => {
      const asked = record(page, "permission asked").filter({ hasText: "rm -rf build" });
      await asked.waitFor();
      expect(await asked.getAttribute("data-who")).toBe("live");
      expect(await record(page, "session started").count()).toBe(1);
      // The call that the transcript tells is there once, with the hook's time.
      expect(await page.locator(".tool:not(.result)").filter({ hasText: "npm test" }).count()).toBe(1);
      const time = page.locator(".tool-time").first();
      expect(await time.textContent()).toContain("431 ms");
      expect(await time.textContent()).toContain("timed by hook");
      expect(await time.getAttribute("title")).toContain("The times: hook");
      await page.getByRole("checkbox", { name: "Hooks" }).uncheck();
      await page.waitForURL(/hooks=off/);
      await asked.waitFor({ state: "detached" });
      await page.reload();
      await page.locator(".record").first().waitFor();
      expect(await asked.count()).toBe(0);
      expect(await page.locator(".tool").count()).toBe(2);
    }));

  test("a time that nobody measured is an upper bound", () =>
    visit(`/sessions/${LIVE.idle}`, async (page) => {
      const time = page.locator(".tool-time").first();
      await time.waitFor();
      expect(await time.textContent()).toMatch(/^≤ 1\.5 s$/);
      expect(await time.getAttribute("title")).toContain("At most");
    }));

  test("what hooks alone tell reads as a conversation", () =>
    visit(`/sessions/${LIVE.hooksAlone}`, async (page) => {
      await page.locator('.record[data-who="user"]', { hasText: "What does the plan say?" }).waitFor();
      await page.locator(".tool.result", { hasText: "slowly" }).waitFor();
      await record(page, "It says: slowly.").waitFor();
      await page.getByRole("checkbox", { name: "Hooks" }).uncheck();
      await page.waitForURL(/hooks=off/);
      await page.locator('.record[data-who="user"]').waitFor();
    }));

  test("follows while one reads the end, and counts what is new while one does not", () =>
    visit(`/sessions/${LIVE.idle}`, async (page) => {
      const records = page.getByTestId("records");
      await record(page, "Done, all tests pass.").first().waitFor();
      const say = (text: string) => {
        running.live.hook("Notification", LIVE.idle, { message: text });
        running.live.takeIn(running.dashboard.live);
      };
      for (let index = 0; index < 40; index++)
        running.live.hook("Notification", LIVE.idle, { message: `filler ${index}` });
      running.live.takeIn(running.dashboard.live);
      await record(page, "filler 39").waitFor();
      await records.evaluate((box) => box.scrollTo({ top: 0 }));
      const follow = page.getByTestId("follow");
      await follow.waitFor();
      say("while away");
      await expect.poll(() => follow.textContent()).toMatch(/new/);
      expect(await records.evaluate((box) => box.scrollTop)).toBe(0);
      await follow.click();
      await follow.waitFor({ state: "detached" });
      say("while looking");
      await record(page, "while looking").waitFor();
      await expect
        .poll(() => records.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight))
        .toBeLessThan(24);
    }));
});

test("a burst is shown whole to who reads the end, and nothing of it twice", () =>
  visit(`/sessions/${LIVE.ended}`, async (page) => {
    const records = page.getByTestId("records");
    await page.locator(".record", { hasText: "Done, all tests pass." }).waitFor();
    await records.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    for (let round = 0; round < 6; round++) {
      for (let index = 0; index < 100; index++)
        running.live.own("log", LIVE.ended, {}, 0, { severity: "info", message: `burst ${round * 100 + index}.` });
      running.live.takeIn(running.dashboard.live);
    }
    await page.locator(".record", { hasText: "burst 599." }).waitFor();
    await expect
      .poll(() => records.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight))
      .toBeLessThan(24);
    const shown = await page.locator(".record", { hasText: "burst" }).allTextContents();
    expect(new Set(shown).size).toBe(shown.length);
  }));

describe("the overview", () => {
  const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

  test("the outcome, each part with its source, and the way to its record", () =>
    visit(`/sessions/${LIVE.ended}`, async (page) => {
      await page.getByRole("button", { name: /^Outcome The clay is ordered/ }).click();
      await page.waitForURL(/tab=overview/);
      const outcome = panel(page, "Outcome");
      for (const text of [
        "order 40 kg of stoneware",
        "stoneware instead of porcelain",
        "the supplier closes at noon",
        "plans/shelf.md",
        "1a2b3c4 Write the shelf plan",
      ])
        await outcome.getByRole("listitem").filter({ hasText: text }).filter({ hasText: "reported" }).waitFor();
      await outcome.getByRole("button", { name: "show the record" }).click();
      await page.locator('.record[aria-current="true"]', { hasText: "The clay is ordered" }).waitFor();
      expect(page.url()).not.toContain("tab=overview");
    }));

  test("MCP usage and agents, nested, with what came of them", () =>
    visit(`/sessions/${LIVE.working}?tab=overview`, async (page) => {
      const usage = panel(page, "MCP usage").getByRole("row").filter({ hasText: "temperature" });
      await usage.waitFor();
      expect(await usage.getByRole("cell").allTextContents()).toEqual(["kiln", "3", "1", "967 ms", "2.3 s"]);
      const agents = panel(page, "Agents").getByRole("row");
      await agents
        .filter({ hasText: "Survey the glaze catalogue" })
        .getByText("The catalogue has 212 glazes.")
        .waitFor();
      const nested = agents.filter({ hasText: "Count the shelves" });
      expect(await nested.getByRole("rowheader").getAttribute("data-depth")).toBe("2");
      await nested.getByText("Four shelves, two of them cracked.").waitFor();
    }));

  test("the context given at the start with its reasons, and the instructions with their hash", () =>
    visit(`/sessions/${LIVE.waiting}?tab=overview`, async (page) => {
      const given = panel(page, "Context given at start");
      await given.getByText("Focus (3 h ago): Fire the kiln slowly").waitFor();
      await given.getByText("2 items, and why").click();
      expect(await given.getByRole("row").filter({ hasText: "todo" }).getByRole("cell").allTextContents()).toEqual([
        "no",
        "another identity's words",
        "–",
      ]);
      const instructions = panel(page, "Instructions in force");
      await instructions.getByText("/home/ada/kiln/CLAUDE.md").waitFor();
      await instructions.getByText("0123456789ab", { exact: true }).waitFor();
    }));
});

test("text that attacks stays text: in outcome, context, agents, MCP tools, paths, hooks, logs", () =>
  visit("/", async (page) => {
    const check = async () => {
      await page.waitForTimeout(300);
      expect(await page.evaluate(() => "__pwned" in window)).toBe(false);
      expect(await page.locator("#app script, #app [onerror], #app main img").count()).toBe(0);
    };
    await check();
    await page.goto(`${running.dashboard.url}/sessions/${LIVE.attack}?tab=overview`);
    await page.getByTestId("overview").getByText(HOSTILE).first().waitFor();
    for (const details of await page.locator("details summary").all()) await details.click();
    await check();
    await page.getByRole("button", { name: "Transcript", exact: true }).click();
    await page.getByRole("button", { name: "Every record" }).click();
    await page.locator(".record", { hasText: HOSTILE }).first().waitFor();
    for (const details of await page.locator("details summary").all()) await details.click();
    await check();
  }));
