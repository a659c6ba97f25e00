/** Entries, inbox and messages in a real browser, on a machine where `clew up` runs as a user starts it. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memorySubject } from "../../packages/app/src/query/memory-key.ts";
import type { EntryAnswer, WebEntriesAnswer, WebInboxCount } from "../../packages/app/src/surfaces/http/answers.ts";
import { launchBrowser, watchedPage } from "./browser.ts";
import { serveDatabase } from "./dashboard.ts";
import { ADA, ATTACK, type EntriesMachine, startEntriesMachine, TITLES } from "./seed-entries.ts";

let machine: EntriesMachine;
let browser: Browser;
let cookies: Awaited<ReturnType<BrowserContext["cookies"]>>;

beforeAll(async () => {
  [machine, browser] = await Promise.all([startEntriesMachine(), launchBrowser()]);
  const { page, context } = await watchedPage(browser, { origin: machine.url });
  await page.goto(machine.signIn);
  await page.getByTestId("session-row").first().waitFor();
  cookies = await context.cookies();
  await context.close();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await machine?.close();
});

interface Visit {
  readonly theme?: "light" | "dark";
  readonly width?: number;
  /** Complaints that the steps cause on purpose. */
  readonly expected?: RegExp;
}

/** Opens a signed-in page in a browser of its own, runs the steps, and wants a clean console. */
async function visit(path: string, steps: (page: Page) => Promise<unknown>, { expected, ...options }: Visit = {}) {
  const { page, context, complaints } = await watchedPage(browser, { origin: machine.url, ...options });
  try {
    await context.addCookies(cookies);
    await page.goto(machine.url + path);
    await steps(page);
    expect(complaints.filter((one) => !expected?.test(one))).toEqual([]);
  } finally {
    await context.close();
  }
}

const rows = (page: Page) => page.getByTestId("entry-row");
const titles = (page: Page) => rows(page).locator(".entry-title a").allTextContents();
const total = (page: Page) => page.getByTestId("entries-total").textContent();
const ask = async <T>(page: Page, path: string) =>
  (await (await page.request.get(`${machine.url}/api/${path}`)).json()) as T;
const openEntry = async (page: Page, title: string) => {
  await rows(page).getByRole("link", { name: title }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
};
const idIn = (page: Page) => new URL(page.url()).pathname.split("/").at(-1)!;
const ALL = "/entries?status=all&project=dir:tidewatch&project=dir:breadbox&project=dir:lanternfish";

describe("the list", () => {
  test("open ones first shown, newest change first; all with their number", () =>
    visit("/entries", async (page) => {
      await rows(page).first().waitFor();
      expect((await titles(page))[0]).toBe(TITLES.rota);
      expect(await titles(page)).not.toContain(TITLES.map);
      const { open, all } = await ask<WebEntriesAnswer>(page, "entries");
      await page.getByRole("button", { name: `Open ${open}` }).waitFor();
      await page.getByRole("button", { name: `All ${all}` }).click();
      await page.waitForURL(/status=all/);
      await expect.poll(() => total(page)).toBe(`${all} entries`);
      await expect.poll(() => titles(page)).toContain(TITLES.map);
    }));

  test("facets, words and mine are the address: they survive a reload, and Back takes them back", () =>
    visit("/entries?status=all", async (page) => {
      await page.locator('[data-facet="category:task"]').click();
      await page.waitForURL(/category=task/);
      await page.locator('[data-facet="tag:docs"]').click();
      await expect.poll(() => titles(page)).toEqual(["Two dead links in the docs"]);
      await page.reload();
      await expect.poll(() => titles(page)).toEqual(["Two dead links in the docs"]);
      expect(await page.locator('[data-facet="tag:docs"]').getAttribute("aria-pressed")).toBe("true");
      await page.goBack();
      await expect.poll(() => total(page)).toBe("3 entries");
      await page.getByRole("button", { name: "Mine" }).click();
      await expect.poll(() => titles(page)).toEqual([TITLES.rota, "Index orders by customer and day"]);
      await page.getByTestId("filter").fill("nosuchword");
      await page.getByText("No entry passes this").waitFor();
      await page.getByTestId("filter").fill("forty minut*");
      await expect.poll(() => titles(page)).toEqual(["Index orders by customer and day"]);
    }));

  test("each facet's counts add up to the entries that there are", () =>
    visit("/entries", async (page) => {
      const { facets, all } = await ask<WebEntriesAnswer>(page, "entries");
      for (const name of ["status", "category", "project", "assignee"] as const)
        expect(facets[name].reduce((sum, { count }) => sum + count, 0)).toBe(all);
    }));
});

describe("an entry", () => {
  test("says what, who, when and from what to what; its event opens the session there", () =>
    visit(ALL, async (page) => {
      await openEntry(page, "The tide curve jumps by half a metre at every midnight");
      await page.getByTestId("entry-body").getByText("The level is right on the first day only").waitFor();
      const history = page.getByTestId("history");
      await history.getByText("set the status").waitFor();
      expect(await history.locator("s").textContent()).toBe("Open");
      await history.getByText("The largest step between two samples").waitFor();
      await page.getByRole("list", { name: "Links" }).getByText("src/tide/curve.ts").waitFor();
      await page.getByRole("list", { name: "Links" }).getByRole("link").first().click();
      await page.waitForURL(/\/sessions\/[^#]+#event-/);
      await page.locator('.record[aria-current="true"]', { hasText: "Found it" }).waitFor();
    }));

  test("shows an address where it leads, and gives away nothing to it", () =>
    visit(ALL, async (page) => {
      await openEntry(page, TITLES.fetches);
      const link = page.getByRole("link", { name: "https://github.com/harbour-lights/tidewatch/pull/87" });
      expect(await link.getAttribute("rel")).toContain("noopener");
      expect(await link.getAttribute("target")).toBe("_blank");
    }));

  test("its badges are what the server says of it", () =>
    visit(ALL, async (page) => {
      await openEntry(page, TITLES.twice);
      const { trust } = await ask<EntryAnswer>(page, `entries/${idIn(page)}`);
      expect(trust).toMatchObject({ whose: "agent", written: "agent", tainted: true, agents: "never" });
      const badges = page.getByTestId("trust").first().locator(".badge");
      expect(await badges.allTextContents()).toEqual([
        "your agent's",
        "agent-written",
        "tainted",
        "never given to agents",
      ]);
      await page.goto(machine.url + ALL);
      await openEntry(page, "Index orders by customer and day");
      expect(await badges.allTextContents()).toEqual(["own", "typed", "title given to agents"]);
    }));

  test("two values side by side, until one is kept", () =>
    visit(ALL, async (page) => {
      await openEntry(page, TITLES.rota);
      const conflict = page.getByTestId("conflict");
      await conflict.getByRole("heading", { name: "The status was also set to Blocked by noor" }).waitFor();
      await conflict.locator("li", { hasText: "Blocked" }).getByRole("button", { name: "Keep this one" }).click();
      await conflict.waitFor({ state: "detached" });
      await expect.poll(() => page.getByTestId("status").inputValue()).toBe("blocked");
      const shown = await machine.clew(["show", idIn(page), "--json"]);
      expect(JSON.parse(shown.stdout)).toMatchObject({ entry: { status: "blocked", conflicts: [] } });
    }));

  test("two who change the status at once see the same, and what the other set", async () => {
    let arrived = 0;
    let release = () => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const change = (status: string) =>
      visit(ALL, async (page) => {
        // Neither request goes on before the other is on its way: neither knew of the other.
        await page.route("**/api/entries/*", async (route) => {
          if (route.request().method() === "POST" && ++arrived === 2) release();
          if (route.request().method() === "POST") await both;
          await route.continue();
        });
        await openEntry(page, TITLES.fetches);
        const started = performance.now();
        await page.getByTestId("status").selectOption(status);
        const heading = page.getByTestId("conflict").getByRole("heading");
        await heading.waitFor();
        console.log(`the other's status was shown after ${Math.round(performance.now() - started)} ms`);
        const { entry } = await ask<EntryAnswer>(page, `entries/${idIn(page)}`);
        await expect.poll(() => page.getByTestId("status").inputValue()).toBe(entry.status);
        expect(await heading.textContent()).toMatch(/^The status was also set to (?:Blocked|Resolved) by ada$/);
        return entry.status;
      });
    await Promise.all([change("blocked"), change("resolved")]);
  });

  test("notes, status, assignee, tags, title and text are the person's, and stand in the history", () =>
    visit(ALL, async (page) => {
      await openEntry(page, "Index orders by customer and day");
      const id = idIn(page);
      await page.getByLabel("Note", { exact: true }).fill("Built **concurrently** on the replica.");
      await page.getByRole("button", { name: "Resolve with note" }).click();
      await page.getByTestId("history").getByText("on the replica").waitFor();
      await expect.poll(() => page.getByTestId("status").inputValue()).toBe("resolved");
      await page.getByRole("button", { name: "to me" }).click();
      await page.getByTestId("history").getByText("set the assignee").waitFor();
      await page.getByLabel("Add a tag").fill("database");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Remove the tag invoices" }).click();
      await page.getByRole("button", { name: "Remove the tag invoices" }).waitFor({ state: "detached" });
      await page.locator("body").press("e");
      await page.getByLabel("Title").fill("Index orders by customer and by day");
      await page.getByLabel("Text").fill("Done.");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("heading", { level: 1, name: "by customer and by day" }).waitFor();
      const { entry, body, history } = JSON.parse((await machine.clew(["show", id, "--json"])).stdout) as EntryAnswer;
      expect(entry).toMatchObject({
        status: "resolved",
        assignee: ADA,
        tags: ["database"],
        conflicts: [],
        tainted: false,
      });
      expect(body).toBe("Done.");
      for (const row of history.slice(1)) expect(row).toMatchObject({ author: ADA, origin: "human", tainted: false });
    }));

  test("is deleted, and brought back by Undo", () =>
    visit(ALL, async (page) => {
      await openEntry(page, TITLES.map);
      const id = idIn(page);
      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByText("This entry was deleted").waitFor();
      await page.getByRole("link", { name: "Entries" }).first().click();
      await page.getByRole("button", { name: /^All/ }).click();
      await rows(page).first().waitFor();
      expect(await titles(page)).not.toContain(TITLES.map);
      await page.getByRole("button", { name: "Undo" }).click();
      await expect.poll(() => titles(page)).toContain(TITLES.map);
      expect(await ask<EntryAnswer>(page, `entries/${id}`)).toMatchObject({ deleted: false, conflicts: {} });
    }));

  test("is approved as it stands; what changed meanwhile is not; a later change takes it back", () =>
    visit(
      ALL,
      async (page) => {
        await openEntry(page, TITLES.twice);
        const id = idIn(page);
        await page.getByRole("button", { name: "Approve…" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByText("some of it was written after text from elsewhere was read").waitFor();
        await dialog.getByText("drop a second message").waitFor();
        // Somebody changes it before the button is pressed; the page is not told in time.
        await page.route("**/api/entries/*", (route) =>
          route.request().method() === "GET" ? route.abort() : route.continue(),
        );
        await machine.clew(["resolve", "--id", id, "--status", "open", "--note", "one more thing"], "bo");
        await dialog.getByRole("button", { name: "Approve as it stands" }).click();
        await page.getByTestId("approve-changed").waitFor();
        expect(await ask<EntryAnswer>(page, `entries/${id}`)).toMatchObject({ approvals: [] });
        await page.unroute("**/api/entries/*");
        await dialog.getByRole("button", { name: "Show what stands now" }).click();
        await dialog.getByText("one more thing").waitFor();
        await dialog.getByRole("button", { name: "Approve as it stands" }).click();
        const badge = page.getByTestId("trust").first().locator("[data-agents]");
        await expect.poll(() => badge.textContent()).toBe("approved");
        await page.getByRole("button", { name: "Take approval back" }).click();
        await expect.poll(() => badge.textContent()).toBe("never given to agents");
        await page.getByRole("button", { name: "Approve…" }).click();
        await page.getByRole("button", { name: "Approve as it stands" }).click();
        await expect.poll(() => badge.textContent()).toBe("approved");
        await machine.clew(["resolve", "--id", id, "--status", "open", "--note", "and another"], "bo");
        await expect.poll(() => badge.textContent(), { timeout: 10_000 }).toBe("never given to agents");
      },
      { expected: /Failed to load resource/ },
    ));

  test("is written from a session, about an event of it, and stands beside it", () =>
    visit(ALL, async (page) => {
      await openEntry(page, "Rounding is half up: 10.275 becomes 10.28");
      await page.getByRole("list", { name: "Links" }).getByRole("link").click();
      const side = page.getByTestId("session-entries");
      await side.getByText("Rounding is half up").waitFor();
      await page.locator('.record[aria-current="true"]').waitFor();
      await side.getByRole("link", { name: "Log an entry about this event" }).click();
      const dialog = page.getByTestId("new-entry");
      expect(await dialog.getByLabel("Links").inputValue()).toMatch(/^event:/);
      await dialog.getByLabel("Title").fill("Tell the tax office");
      await dialog.getByRole("button", { name: "Task" }).click();
      await dialog.getByLabel("Assigned to").fill("me");
      await dialog.getByRole("button", { name: "Log entry" }).click();
      await page.getByRole("heading", { level: 1, name: "Tell the tax office" }).waitFor();
      const answer = await ask<EntryAnswer>(page, `entries/${idIn(page)}`);
      expect(answer).toMatchObject({
        project: "breadbox",
        session: { title: "Prices in integer cents" },
        entry: { category: "task", status: "open", assignee: ADA, created_by: ADA },
        trust: { whose: "own", written: "human", agents: "title" },
      });
      await page.getByRole("list", { name: "Links" }).getByRole("link").click();
      await side.getByText("Tell the tax office").waitFor();
    }));

  test("what is typed and not sent is there again, and gone once it is sent", () =>
    visit(ALL, async (page) => {
      await rows(page).first().waitFor();
      const dialog = page.getByTestId("new-entry");
      await page.keyboard.press("c");
      await dialog.waitFor();
      await page.keyboard.type("Half a thought");
      await dialog.getByRole("button", { name: "Decision" }).click();
      await dialog.getByLabel("Text").fill("first line\nsecond line");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.keyboard.press("c");
      expect(await dialog.getByLabel("Title").inputValue()).toBe("Half a thought");
      expect(await dialog.getByLabel("Text").inputValue()).toBe("first line\nsecond line");
      expect(await dialog.getByRole("button", { name: "Decision" }).getAttribute("aria-pressed")).toBe("true");
      await dialog.getByLabel("Title").press("Control+Enter");
      await page.getByRole("heading", { level: 1, name: "Half a thought" }).waitFor();
      // A line break is one.
      expect(await page.getByTestId("entry-body").locator("br").count()).toBe(1);
      const note = page.getByLabel("Note", { exact: true });
      await note.fill("half a note");
      await page.getByRole("link", { name: "Entries" }).first().click();
      await rows(page).first().waitFor();
      await page.keyboard.press("c");
      await dialog.waitFor();
      expect(await dialog.getByLabel("Title").inputValue()).toBe("");
      await page.keyboard.press("Escape");
      await page.goto(machine.url + ALL);
      await openEntry(page, "Half a thought");
      expect(await note.inputValue()).toBe("half a note");
      await note.press("Control+Enter");
      await page.getByTestId("history").getByText("half a note").waitFor();
      await note.press("Escape");
      await page.locator("body").press("e");
      await page.getByLabel("Text").fill("another text");
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "Half a thought" }).waitFor();
      expect(await note.inputValue()).toBe("");
      await page.locator("body").press("e");
      expect(await page.getByLabel("Text").inputValue()).toBe("another text");
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.locator("body").press("e");
      expect(await page.getByLabel("Text").inputValue()).toBe("first line\nsecond line");
    }));

  test("keyboard alone: list, open, note, back, new entry", () =>
    visit(ALL, async (page) => {
      await rows(page).first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      const title = (await page.locator('[data-testid="entry-row"][aria-current] .entry-title a').textContent())!;
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await page.getByLabel("Note", { exact: true }).waitFor();
      await page.keyboard.press("n");
      await page.keyboard.type("from the keyboard");
      await page.keyboard.press("Control+Enter");
      await page.getByTestId("history").getByText("from the keyboard").waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("u");
      await rows(page).first().waitFor();
      await page.keyboard.press("c");
      await page.getByTestId("new-entry").waitFor();
      await page.keyboard.type("Typed and entered");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Typed and entered" }).waitFor();
      await page.keyboard.press("i");
      await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
    }));
});

describe("the inbox", () => {
  const count = (page: Page) => page.getByTestId("inbox-count");
  const item = (page: Page, text: string) => page.getByTestId("inbox-row").filter({ hasText: text });

  test("messages, assigned, mentions and changes, for oneself first", () =>
    visit("/inbox?tab=all", async (page) => {
      await item(page, TITLES.rota).waitFor();
      const heads = await page.locator(".inbox-kind").allTextContents();
      expect(heads.map((one) => one.replace(/ \d+$/, ""))).toEqual([
        "Messages",
        "Assigned to you",
        "Mentions",
        "Changes",
      ]);
      await item(page, "Two dead links").getByText("mentions you").waitFor();
    }));

  test("is told of a message at once; it is opened, answered, acknowledged; all is marked as seen", () =>
    visit("/inbox", async (page) => {
      await item(page, TITLES.rota).waitFor();
      const before = Number(await count(page).textContent());
      await machine.clew(["send", "--to", "ada@example.org", "Refunds: look again, please."], "bo");
      await expect.poll(() => count(page).textContent(), { timeout: 10_000 }).toBe(String(before + 1));
      await item(page, "Refunds: look again").getByRole("link").click();
      const thread = page.getByTestId("thread");
      const message = thread.getByTestId("message").first();
      await message.getByTestId("trust").getByText("another's").waitFor();
      await message.getByRole("button", { name: "Acknowledge" }).click();
      await message.getByText("acknowledged by you").waitFor();
      await expect.poll(() => count(page).textContent()).toBe(String(before));
      await page.keyboard.press("r");
      await page.keyboard.type("They are fine now.");
      await thread.getByRole("button", { name: "Reply" }).click();
      await expect.poll(() => thread.getByTestId("message").count()).toBe(2);
      const told = await machine.clew(["messages", "--json"], "bo");
      const [answer] = (JSON.parse(told.stdout) as { rows: readonly unknown[] }).rows;
      expect(answer).toMatchObject({ from: ADA, to: "bo", text: "They are fine now." });
      // What was not read stays, however far one has looked.
      await page.getByRole("button", { name: "Mark all as seen" }).click();
      await page.getByTestId("inbox-memory").waitFor({ state: "detached" });
      await expect.poll(() => item(page, TITLES.rota).count()).toBe(0);
      expect(await page.locator(".inbox-kind").allTextContents()).toMatchObject([expect.stringMatching(/^Messages/)]);
      await page.getByRole("button", { name: "Mark all as read" }).click();
      await page.getByText("Nothing new").waitFor();
      await count(page).waitFor({ state: "detached" });
      expect((await machine.clew(["inbox", "--count"])).stdout).toBe("");
    }));

  test("what others did to memory and to the graph is news, and counted", () =>
    visit("/inbox", async (page) => {
      const before = await ask<WebInboxCount>(page, "inbox/count");
      const set = { path: "rota.md", project: "dir:tidewatch", content: "Sundays: noor\n", title: null };
      machine.tell("memory", memorySubject("dir:tidewatch", "rota.md"), set);
      machine.tell("entity", "n-0000000000aa", { name: "tide gauge", type: "sensor" });
      const file = page.getByTestId("inbox-memory");
      await file.getByText("rota.md").waitFor();
      await file.getByText("1 new version").waitFor();
      await page.getByTestId("inbox-graph").getByText("1 entity").waitFor();
      expect((await ask<WebInboxCount>(page, "inbox/count")).new).toBe(before.new + 2);
      const told = JSON.parse((await machine.clew(["inbox", "--count", "--json"])).stdout) as Record<string, number>;
      expect(told).toMatchObject({ memory: 1, graph: 1 });
      await file.getByRole("link").click();
      await page.getByTestId("memory-prose").getByText("Sundays: noor").waitFor();
    }));

  test("a message is sent to a project, and stands among the threads", () =>
    visit("/inbox?tab=messages", async (page) => {
      await page.getByTestId("thread-row").first().waitFor();
      await page.getByRole("button", { name: "New message" }).click();
      const dialog = page.getByTestId("new-message");
      await dialog.getByLabel("To").fill("project:dir:tidewatch");
      await dialog.getByLabel("Message").fill("The banner goes out on Monday.");
      await dialog.getByRole("button", { name: "Send" }).click();
      await page.getByTestId("thread").getByText("to tidewatch").waitFor();
      await page.getByTestId("thread-row").first().getByText("The banner goes out on Monday.").waitFor();
    }));
});

describe("foreign text", () => {
  const places = [
    "/entries?status=all",
    `/entries/${ATTACK.entry}`,
    "/inbox?tab=all",
    `/inbox?tab=messages&thread=${ATTACK.thread}`,
  ];
  test.each(places)("runs nothing and loads nothing on %s", (path) =>
    visit(path, async (page) => {
      await page
        .locator('[data-testid="entry-row"], [data-testid="entry"], [data-testid="inbox-row"], [data-testid="message"]')
        .first()
        .waitFor();
      await page.waitForTimeout(300);
      const found = await page.evaluate(() => ({
        pwned: "__pwned" in window,
        elements: [
          ...document.querySelectorAll(
            "main iframe, main script, main style, main link, main base, main meta, main img, main form[action], main object",
          ),
        ].length,
        handlers: [...document.querySelectorAll("main *")]
          .flatMap((one) => [...one.attributes])
          .filter(({ name }) => name.startsWith("on")).length,
        schemes: [
          ...new Set([...document.querySelectorAll<HTMLAnchorElement>("main a[href]")].map((one) => one.protocol)),
        ],
      }));
      expect(found).toMatchObject({ pwned: false, elements: 0, handlers: 0 });
      expect(found.schemes.filter((one) => !["http:", "https:", "mailto:"].includes(one))).toEqual([]);
    }),
  );

  test("cannot call itself trusted", () =>
    visit(`/entries/${ATTACK.entry}`, async (page) => {
      const badges = page.getByTestId("trust").first().locator(".badge");
      await badges.first().waitFor();
      expect(await badges.allTextContents()).toEqual([
        "another's",
        "agent-written",
        "tainted",
        "never given to agents",
      ]);
    }));
});

describe("everybody can use it", () => {
  const pages = [ALL, "/inbox?tab=all", `/inbox?tab=messages&thread=${ATTACK.thread}`, "/entries?new=1"];
  const ready =
    '[data-testid="entry-row"], [data-testid="entry"], [data-testid="inbox-row"], [data-testid="thread-row"]';

  test.each(["light", "dark"] as const)("no serious finding of axe on any page, %s", async (theme) => {
    for (const path of [...pages, "entry"])
      await visit(
        path === "entry" ? ALL : path,
        async (page) => {
          await page.locator(ready).first().waitFor();
          if (path === "entry") await openEntry(page, TITLES.rota);
          if (path.includes("new=1")) await page.getByTestId("new-entry").waitFor();
          const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).analyze();
          const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
          expect(serious.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`)).toEqual([]);
        },
        { theme },
      );
  });

  test("320 pixels wide without scrolling sideways", async () => {
    for (const path of [...pages, `/entries/${ATTACK.entry}`])
      await visit(
        path,
        async (page) => {
          await page.locator(ready).first().waitFor();
          expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320);
          const wide = await page.evaluate(() => {
            const main = document.querySelector("main")!;
            return [main, ...main.querySelectorAll(".entry-page, .inbox-main, .thread")].map(
              (one) => one.scrollWidth - one.clientWidth,
            );
          });
          expect(Math.max(...wide), path).toBeLessThanOrEqual(0);
        },
        { width: 320 },
      );
  });
});

test("where nothing can be written no page offers it", async () => {
  const dashboard = await serveDatabase(machine.database);
  const { page, context, complaints } = await watchedPage(browser, { origin: dashboard.url });
  try {
    await page.goto(dashboard.signIn());
    await page.getByTestId("session-row").first().waitFor();
    for (const path of [ALL, `/entries/${ATTACK.entry}`, "/inbox?tab=messages"]) {
      await page.goto(dashboard.url + path);
      await page
        .locator('[data-testid="entry-row"], [data-testid="entry"], [data-testid="thread-row"]')
        .first()
        .waitFor();
      expect(await page.locator("main textarea, main select, main .button").count(), path).toBe(0);
    }
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    await dashboard.close();
  }
});
