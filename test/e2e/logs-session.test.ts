/** A session's interleaved timeline in a real browser, the log lines under its tool calls, and text that attacks them. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LiveDashboard, startDashboard } from "./live-dashboard.ts";
import { LOGS, type LogMachine, SERVER_LINES, seedLogs } from "./seed-logs.ts";

let running: LiveDashboard<LogMachine>;
beforeAll(async () => {
  running = await startDashboard(seedLogs);
});
afterAll(() => running?.close());

const visit: LiveDashboard["visit"] = (...visiting) => running.visit(...visiting);

const rows = (page: Page) => page.getByTestId("timeline-row");
const row = (page: Page, text: string) => rows(page).filter({ hasText: text });
const current = (page: Page) => page.locator('[data-testid="timeline-row"][aria-current="true"]');
const TIMELINE = `/sessions/${LOGS.agent}?tab=timeline`;

describe("the timeline", () => {
  test("transcript, hooks, log lines and calls of the session and what it started, in one order", () =>
    visit(`/sessions/${LOGS.agent}`, async (page) => {
      await page.getByRole("button", { name: "Timeline", exact: true }).click();
      await page.waitForURL(/tab=timeline/);
      await row(page, "2 letters sent").waitFor();
      const times = await rows(page)
        .locator(".event-time time")
        .evaluateAll((all) => all.map((one) => one.getAttribute("datetime")!));
      expect(times).toEqual([...times].sort());
      const sources = await rows(page).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.source));
      for (const source of ["transcript", "hook", "llm", "log"]) expect(sources).toContain(source);
      const order = [
        "Run the order sync",
        "npm run sync-orders",
        "asking the model",
        "order 1041 failed",
        "out of stock.",
      ];
      const texts = await rows(page).allTextContents();
      const places = order.map((text) => texts.findIndex((one) => one.includes(text)));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
    }));

  test("sources, levels and services are the address, with their counts, and survive a reload", () =>
    visit(TIMELINE, async (page) => {
      const facet = (name: string) => page.locator(`[data-facet="${name}"]`);
      await rows(page).first().waitFor();
      expect(await facet("source:log").locator(".facet-count").textContent()).toBe("14");
      await facet("source:log").click();
      await page.waitForURL(/source=log/);
      await expect.poll(() => rows(page).count()).toBe(14);
      await facet("level:warn").click();
      await expect.poll(() => rows(page).count()).toBe(2);
      await facet("service:kiln-mailer").click();
      await expect.poll(() => rows(page).count()).toBe(1);
      await page.reload();
      await expect.poll(() => rows(page).count()).toBe(1);
      expect(await facet("level:warn").getAttribute("aria-pressed")).toBe("true");
      await page.goBack();
      await expect.poll(() => rows(page).count()).toBe(2);
    }));

  test("a failed call says so, and a call that only the transcript tells leads to its record", () =>
    visit(TIMELINE, async (page) => {
      const failed = row(page, "429 too many requests").filter({ has: page.locator(".call-figures") });
      await failed.locator(".event-text").click();
      await page.getByTestId("call-panel").getByText("RateLimitError: 429 too many requests").first().waitFor();
      await page.keyboard.press("Escape");
      await page.getByTestId("call-panel").waitFor({ state: "detached" });
      await rows(page).and(page.locator('[data-source="llm"]')).first().locator(".event-text").click();
      await page.getByTestId("call-panel").getByTestId("to-record").click();
      await page.waitForURL(/#event-/);
      await page.locator('.record[aria-current="true"]').waitFor();
    }));

  test("a row of the transcript leads to its record, and back", () =>
    visit(TIMELINE, async (page) => {
      await row(page, "Bash npm run sync-orders").locator(".event-text").click();
      await page.getByTestId("to-record").click();
      await page.locator('.record[aria-current="true"]', { hasText: "npm run sync-orders" }).waitFor();
      await page.goBack();
      await expect.poll(() => current(page).textContent()).toContain("npm run sync-orders");
    }));

  test("a line that a choice hides is still reached from its call", () =>
    visit(`${TIMELINE}&source=llm`, async (page) => {
      await rows(page).filter({ hasText: "haiku" }).locator(".event-text").click();
      await page.getByTestId("call-line").first().click();
      await expect.poll(() => current(page).getAttribute("data-source")).toBe("log");
      expect(page.url()).not.toContain("source=llm");
    }));

  test("keyboard alone: move, open, close, back to the transcript", () =>
    visit(TIMELINE, async (page) => {
      await rows(page).first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("ArrowDown");
      await expect.poll(() => current(page).getAttribute("data-type")).toBe("prompt");
      await page.keyboard.press("Enter");
      await page.getByTestId("event-detail").waitFor();
      await page.keyboard.press("Escape");
      await page.getByTestId("event-detail").waitFor({ state: "detached" });
      await page.keyboard.press("t");
      await page.locator(".record").first().waitFor();
    }));

  test("a long one is paged both ways with a bounded document, and opens in its middle", () =>
    visit(`/sessions/${LOGS.server}?tab=timeline`, async (page) => {
      const answer = (await (
        await page.request.get(`${running.dashboard.url}/api/logs?words=${encodeURIComponent('"request 700 of"')}`)
      ).json()) as { rows: readonly { event_id: string }[] };
      await page.goto(`${running.dashboard.url}/sessions/${LOGS.server}?tab=timeline&at=${answer.rows[0]!.event_id}`);
      await expect.poll(() => current(page).textContent()).toContain("request 700 of");
      const box = page.getByTestId("timeline");
      const reach = (text: string, to: "top" | "bottom") =>
        expect
          .poll(
            async () => {
              await box.evaluate(
                (element, end) => element.scrollTo({ top: end === "top" ? 0 : element.scrollHeight }),
                to,
              );
              return row(page, text).count();
            },
            { timeout: 30_000 },
          )
          .toBe(1);
      await reach(`request ${SERVER_LINES - 1} of`, "bottom");
      expect(await rows(page).count()).toBeLessThanOrEqual(400);
      await reach("request 0 of", "top");
      expect(await rows(page).count()).toBeLessThanOrEqual(400);
    }));

  test("what happens is added at the end for who reads there, and counted for who does not", () =>
    visit(`/sessions/${LOGS.server}?tab=timeline`, async (page) => {
      await rows(page).first().waitFor();
      await page.getByTestId("follow").click();
      await row(page, `request ${SERVER_LINES - 1} of`).waitFor();
      const say = (text: string) => {
        running.live.line({ service: "glaze-server", session_id: LOGS.server, pid: 7100, msg: text }, 0);
        running.live.takeIn(running.dashboard.live);
      };
      const box = page.getByTestId("timeline");
      await box.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      say("while looking");
      await row(page, "while looking").waitFor();
      await box.evaluate((element) => element.scrollTo({ top: element.scrollHeight - element.clientHeight - 1_200 }));
      say("while away");
      await expect.poll(() => page.getByTestId("follow").textContent()).toMatch(/^1 new/);
      await page.getByTestId("follow").click();
      await row(page, "while away").waitFor();
    }));
});

describe("under a tool call", () => {
  test("the log lines of what it started, closed at first, each a way to its session", () =>
    visit(`/sessions/${LOGS.agent}`, async (page) => {
      const spawned = page.getByTestId("spawned-lines");
      await spawned.getByText("14 log lines from 2 sessions of kiln-orders, kiln-mailer").waitFor();
      expect(await spawned.count()).toBe(1);
      expect(await spawned.getByRole("listitem").count()).toBe(0);
      await spawned.locator("summary").click();
      await expect.poll(() => spawned.getByRole("listitem").count()).toBe(14);
      await spawned.getByRole("link", { name: /order 1041 failed/ }).click();
      await page.waitForURL(new RegExp(`/sessions/${LOGS.orders}\\?tab=timeline&at=`));
      await expect.poll(() => current(page).textContent()).toContain("order 1041 failed");
    }));
});

test("text that attacks stays text: nothing runs, nothing is fetched, no policy is violated", () =>
  visit("/logs", async (page) => {
    const check = async () => {
      await page.waitForTimeout(400);
      expect(await page.evaluate(() => "__pwned" in window)).toBe(false);
      const bad = await page.evaluate(
        () =>
          document.querySelectorAll(
            "#app script, #app iframe, #app object, #app form, #app base, #app style, #app link, #app [onerror], #app [onload], #app [ontoggle], #app a[href^='javascript'], #app a[href^='data'], #app img:not([src='/icon.svg'])",
          ).length,
      );
      expect(bad).toBe(0);
    };
    const own = `session=${LOGS.attack}`;
    for (const path of [
      "/logs",
      `/logs?${own}`,
      "/logs?q=pwned",
      "/logs?q=%3Cscript%3E",
      `/sessions/${LOGS.attack}?tab=timeline`,
    ]) {
      await page.goto(running.dashboard.url + path);
      await page.locator("main").waitFor();
      await check();
    }
    const attacks = await rows(page).count();
    expect(attacks).toBeGreaterThan(20);
    for (let index = 0; index < attacks; index++) await rows(page).nth(index).locator(".event-text").click();
    await check();
    await page.goto(`${running.dashboard.url}/logs?${own}`);
    const lines = page.getByTestId("log-row");
    await lines.first().waitFor();
    for (const text of ["<form action=", "```html", "<script>window.__pwned=1</script> …"]) {
      await lines.filter({ hasText: text }).last().getByRole("link").first().click();
      await page.getByTestId("line-text").waitFor();
      await check();
    }
    await page.getByTestId("line-text").getByText("<script>window.__pwned=1</script>").first().waitFor();
    await page.goto(
      `${running.dashboard.url}/logs?${own}&service=${encodeURIComponent("<svg/onload=window.__pwned=1>")}`,
    );
    await expect.poll(() => lines.count()).toBe(1);
    await check();
  }));

describe.each(["light", "dark"] as const)("accessibility, %s", (theme) => {
  test.each([
    ["llm", '[data-testid="call-panel"]'],
    ["log", '[data-testid="event-detail"]'],
  ])("the timeline with an opened %s row has no serious finding", (source, opened) =>
    visit(
      TIMELINE,
      async (page) => {
        await rows(page)
          .and(page.locator(`[data-source="${source}"]`))
          .nth(2)
          .locator(".event-text")
          .click();
        await page.locator(opened).waitFor();
        await page.waitForTimeout(300);
        expect(await seriousFindings(page)).toEqual([]);
      },
      { theme },
    ),
  );

  test("the transcript with opened log lines has no serious finding", () =>
    visit(
      `/sessions/${LOGS.agent}`,
      async (page) => {
        await page.getByTestId("spawned-lines").locator("summary").click();
        await page.getByTestId("spawned-lines").getByRole("listitem").first().waitFor();
        await page.waitForTimeout(300);
        expect(await seriousFindings(page)).toEqual([]);
      },
      { theme },
    ));
});

async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map(
      (one) =>
        `${one.id}: ${one.nodes
          .map((node) => node.target)
          .slice(0, 3)
          .join(" | ")}`,
    );
}

test("at 320 pixels nothing runs out of the page", () =>
  visit(
    TIMELINE,
    async (page) => {
      await row(page, "order 1041 failed").locator(".event-text").click();
      await page.getByTestId("event-detail").waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    },
    { width: 320 },
  ));

test("what a session that it started says appears without a word of its own", () =>
  visit(TIMELINE, async (page) => {
    await row(page, "2 letters sent").waitFor();
    running.live.line({ service: "kiln-mailer", session_id: LOGS.mailer, msg: "one letter came back" }, 0);
    running.live.takeIn(running.dashboard.live);
    await row(page, "one letter came back").waitFor();
  }));

describe("a program that calls a model", () => {
  const ASKER = "asker-0001";
  const ASKED = "Which glaze goes with <b>ash</b>?";
  beforeAll(() => {
    const { live, dashboard } = running;
    const start = new Date(Date.now() - 60_000);
    live.own("session.start", ASKER, { name: "Ask for a glaze", service: "kiln-asker", pid: 7300 }, 60.2);
    const call = { interaction_id: 1, provider: "local", model: "tiny", latency_ms: 1_500 };
    const usage = { input_tokens: 20, output_tokens: 4 };
    const more = { ts: start.toISOString(), message: "local tiny" };
    live.own(
      "interaction",
      ASKER,
      { file: "logs/session_asker-0001.jsonl", ...call, usage, trace_id: "2".repeat(32) },
      60,
      more,
    );
    live.line(
      {
        session_id: ASKER,
        timestamp: start.toISOString(),
        ...call,
        usage,
        input: [{ role: "user", content: ASKED }],
        output: "Celadon.",
      },
      60,
      { format: "interaction", path: "/srv/kiln/logs/session_asker-0001.jsonl" },
    );
    live.line({ service: "kiln-asker", session_id: ASKER, msg: "no trace, same time" }, 59);
    live.own("session.end", ASKER, { status: "completed" }, 58);
    // What happened first may come last.
    live.own("log", ASKER, {}, 60.1, { message: "looking for a question" });
    live.takeIn(dashboard.live);
  });

  test("its call shows what was asked and answered, its record, and lines that have no trace", () =>
    visit(`/sessions/${ASKER}?tab=timeline`, async (page) => {
      await rows(page).and(page.locator('[data-source="llm"]')).locator(".event-text").click();
      const panel = page.getByTestId("call-panel");
      await panel.locator('[data-part="input"]').getByText(ASKED).waitFor();
      await panel.locator('[data-part="output"]').getByText("Celadon.").waitFor();
      await panel.getByTestId("call-line").getByText("no trace, same time").waitFor();
      await panel.getByTestId("to-record").click();
      await page.locator('.record[aria-current="true"]', { hasText: "call of a model" }).waitFor();
    }));

  test("its transcript is in the order of time, with the call once, and its waterfall has bars", () =>
    visit(`/sessions/${ASKER}`, async (page) => {
      await page.locator(".record", { hasText: "session ended" }).waitFor();
      const texts = await page.locator(".record").allTextContents();
      const order = [
        "Ask for a glaze",
        "looking for a question",
        "call of a model",
        "no trace, same time",
        "session ended",
      ];
      const places = order.map((text) => texts.findIndex((one) => one.includes(text)));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
      expect(texts.filter((text) => text.includes("call of a model"))).toHaveLength(1);
      const width = async (kind: string) => (await page.locator(`.span[data-kind="${kind}"]`).boundingBox())!.width;
      expect(await width("session")).toBeGreaterThan(300);
      expect(await width("response")).toBeGreaterThan(300);
    }));

  test("types of rows are readable at 1280 pixels, and nothing stands beside a session of which there is nothing to say", () =>
    visit(
      `/sessions/${ASKER}?tab=timeline`,
      async (page) => {
        const types = page.locator(".event-type");
        await types.first().waitFor();
        const cut = await types.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
        expect(cut).toBe(0);
        expect(await page.locator(".session-side").count()).toBe(0);
        const [page_, timeline] = await Promise.all([
          page.locator(".session-page").boundingBox(),
          page.getByTestId("timeline").boundingBox(),
        ]);
        expect(timeline!.width).toBeGreaterThan(page_!.width - 20);
        expect(page_!.y + page_!.height).toBe(900);
      },
      { width: 1280 },
    ));

  test("at 390 pixels the fields of a period and the search are whole", () =>
    visit(
      "/logs",
      async (page) => {
        await page.getByTestId("log-row").first().waitFor();
        const whole = async (selector: string) => {
          const box = (await page.locator(selector).first().boundingBox())!;
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(390);
          return box;
        };
        expect((await whole('.logs-bar input[aria-label="From"]')).width).toBeGreaterThan(180);
        expect((await whole(".logs-head .filter")).width).toBeGreaterThan(300);
        await page.locator(".log-facets-toggle").click();
        const search = await whole(".logs-head .filter");
        expect(search.y).toBeLessThan(120);
      },
      { width: 390 },
    ));
});
