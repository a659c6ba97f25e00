/** The pages of memory files and of the graph in a real browser, and the type of a session in the list. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchedPage } from "./browser.ts";
import { serveDatabase } from "./dashboard.ts";
import { type LiveDashboard, startDashboard } from "./live-dashboard.ts";
import { liveMachine } from "./live-machine.ts";
import { PAYLOADS } from "./seed.ts";
import { ENTITIES, entityId, FILES, fileId, MEMORY, type MemoryMachine, seedMemory } from "./seed-memory.ts";

let running: LiveDashboard<MemoryMachine>;
beforeAll(async () => {
  running = await startDashboard(seedMemory);
});
afterAll(() => running?.close());

const visit: LiveDashboard["visit"] = (...visiting) => running.visit(...visiting);
const rows = (page: Page) => page.getByTestId("memory-row");
const row = (page: Page, name: string) => rows(page).filter({ hasText: name });
const detail = (page: Page) => page.getByTestId("memory-detail");
const entity = (page: Page) => page.getByTestId("entity-detail");
const fileAt = (path: string, rest = "") => `/memory?file=${encodeURIComponent(fileId(path))}${rest}`;
/** Without those that attack. */
const KILN = `project=${encodeURIComponent(MEMORY.project)}`;

describe("memory files", () => {
  test("stand by project with size, changes, author and marks, and are chosen by project and mark in the address", () =>
    visit("/memory", async (page) => {
      const kiln = page.getByRole("region", { name: "kiln", exact: true });
      await kiln.getByTestId("memory-row").first().waitFor();
      expect(await kiln.getByTestId("memory-row").count()).toBe(FILES - 2);
      const index = kiln.getByTestId("memory-row").filter({ hasText: "MEMORY.md" });
      expect(await index.textContent()).toMatch(/MEMORY\.md.*your agent's.*Memory.*84 B.*3 changes.*claude-code@kiln/);
      await row(page, "firing.md").getByText("conflict").waitFor();
      await row(page, "bo.md").getByText("waits").waitFor();
      await row(page, "clay.md").getByText("tainted").waitFor();
      expect(await row(page, "gone.md").count()).toBe(0);
      await page.getByTestId("memory-project").selectOption(MEMORY.project);
      await page.waitForURL(/project=dir%3Akiln/);
      await expect.poll(() => page.getByTestId("memory-total").textContent()).toBe(`${FILES - 2} files`);
      await page.locator('[data-mark="conflict"]').click();
      await page.waitForURL(/mark=conflict/);
      await expect.poll(() => rows(page).count()).toBe(1);
      await page.reload();
      await expect.poll(() => rows(page).count()).toBe(1);
      await page.locator('[data-mark="deleted"]').click();
      await row(page, "gone.md").waitFor();
      await page.goBack();
      await row(page, "firing.md").waitFor();
    }));

  test("a file opens as prose with its front matter, as it is, with author, links and session", () =>
    visit(`/memory?${KILN}`, async (page) => {
      await row(page, "glaze.md").getByRole("link").click();
      await page.waitForURL(/file=/);
      await detail(page).getByRole("heading", { name: "The blue glaze" }).waitFor();
      await detail(page).getByRole("row", { name: "type project" }).waitFor();
      expect(await detail(page).locator(".prose strong").first().textContent()).toBe("Blue");
      expect(await page.getByTestId("memory-trust").textContent()).toMatch(
        /your agent's.*claude-code@kiln.*Fire the kiln/,
      );
      await detail(page).getByRole("link", { name: "Raw" }).click();
      await page.waitForURL(/view=raw/);
      await page.locator('.raw-line[data-line="2"]').getByText("name: The blue glaze").waitFor();
      await detail(page).getByRole("region", { name: "Linked from" }).getByRole("link", { name: "Memory" }).click();
      await detail(page).getByRole("heading", { name: "Memory", exact: true }).waitFor();
      await detail(page).getByRole("link", { name: "Fire the kiln" }).click();
      await page.waitForURL(new RegExp(`/sessions/${MEMORY.session}$`));
    }));

  test("words find lines in the files of all projects, marked; a line opens its file there", () =>
    visit("/memory", async (page) => {
      await rows(page).first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("celadon");
      await page.waitForURL(/q=celadon/);
      const hits = page.getByTestId("memory-hit");
      await expect.poll(() => hits.count()).toBe(3);
      expect(await hits.locator("small", { hasText: "dbt-models" }).count()).toBe(1);
      expect(await hits.locator("mark").first().textContent()).toBe("celadon");
      await hits.filter({ hasText: "glaze.md" }).getByText("more lines").waitFor();
      await hits.filter({ hasText: "glaze.md" }).getByText("Line 5 of the notes").click();
      await page.waitForURL(/line=13/);
      const line = page.locator('.raw-line[aria-current="true"]');
      await line.getByText("Line 5 of the notes").waitFor();
      expect(await line.locator("mark").textContent()).toBe("celadon");
      await page.getByTestId("filter").fill("nosuchwordanywhere");
      await page.getByText("No file has these words").waitFor();
      await page.getByRole("button", { name: "Show all files" }).click();
      await rows(page).first().waitFor();
    }));

  test("any two versions are compared, an older one is shown, and the command that brings it back is at hand", () =>
    visit(fileAt("MEMORY.md"), async (page) => {
      const versions = page.getByTestId("memory-versions").locator("a.version");
      await expect.poll(() => versions.count()).toBe(3);
      await versions.nth(1).click();
      await page.waitForURL(/view=changes/);
      const changes = page.getByTestId("memory-changes");
      await changes.locator('[data-kind="in"]', { hasText: "Nine hours of fire" }).waitFor();
      expect(await changes.locator('[data-kind="out"]').count()).toBe(0);
      const newest = await versions.nth(0).getAttribute("data-version");
      const oldest = await versions.nth(2).getAttribute("data-version");
      await page.getByTestId("compare-to").selectOption(newest!);
      await changes.locator('[data-kind="in"]', { hasText: "Never open it hot" }).waitFor();
      await page.getByTestId("compare-from").selectOption(oldest!);
      await page.waitForURL(new RegExp(`against=${oldest}`));
      await expect.poll(() => changes.locator('[data-kind="in"]').count()).toBe(2);
      await page.reload();
      await expect.poll(() => changes.locator('[data-kind="in"]').count()).toBe(2);
      await versions.nth(2).click();
      await page.getByTestId("older-version").waitFor();
      await expect.poll(() => page.getByTestId("memory-prose").textContent()).toContain("the blue one");
      expect(await page.getByTestId("memory-prose").textContent()).not.toContain("hours");
      await detail(page)
        .getByText(new RegExp(`^clew memory restore f-[0-9a-f]{12} --version ${oldest}$`))
        .waitFor();
      await page.getByRole("link", { name: "Show what stands" }).click();
      await expect.poll(() => page.getByTestId("memory-prose").textContent()).toContain("Never open it hot");
    }));

  test("versions in conflict stand side by side; what waits for approval says why and how", () =>
    visit(fileAt("firing.md"), async (page) => {
      const conflict = page.getByTestId("memory-conflict");
      await conflict.locator("article", { hasText: "ada@example.org" }).getByText("Eight hours, says Ada.").waitFor();
      await conflict
        .locator("article", { hasText: "claude-code@kiln" })
        .getByText("Ten hours, says the agent.")
        .waitFor();
      expect(await conflict.locator("code").allTextContents()).toEqual([
        expect.stringMatching(/^clew memory restore f-[0-9a-f]{12} --version change-\d+$/),
        expect.stringMatching(/^clew memory restore f-[0-9a-f]{12} --version change-\d+$/),
      ]);
      await page.goto(running.dashboard.url + fileAt("bo.md"));
      await page.getByTestId("memory-waits").getByText("somebody else wrote it").waitFor();
      expect(await page.getByTestId("memory-trust").textContent()).toMatch(/another's.*typed.*bo@example\.org/);
      await detail(page)
        .getByText(/^clew memory approve f-[0-9a-f]{12}$/)
        .waitFor();
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await detail(page)
        .getByRole("button", { name: /^Copy: clew memory approve/ })
        .click();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^clew memory approve f-[0-9a-f]{12}$/);
    }));

  test("keyboard alone: move, open, move on while open, close", () =>
    visit(`/memory?${KILN}`, async (page) => {
      await rows(page).first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      const name = await page.locator('[data-testid="memory-row"][data-active] .memory-path').textContent();
      await page.keyboard.press("Enter");
      await expect.poll(() => detail(page).locator(".memory-where").textContent()).toContain(name);
      await page.keyboard.press("j");
      await expect.poll(() => detail(page).locator(".memory-where").textContent()).not.toContain(name);
      await page.keyboard.press("Escape");
      await detail(page).waitFor({ state: "detached" });
      await page.keyboard.press("?");
      await page.getByRole("dialog").getByText("Open the file").waitFor();
    }));

  test("a version that comes in is there at once", () =>
    visit(fileAt("notes/clay.md"), async (page) => {
      await page.getByTestId("memory-prose").getByText("8 % sand").waitFor();
      const content = "# Clay\n\nNow 12 % sand.\n";
      running.live.change("memory", fileId("notes/clay.md"), {
        set: { content },
        secondsAgo: 0,
        session: MEMORY.session,
      });
      running.live.takeIn(running.dashboard.live);
      await page.getByTestId("memory-prose").getByText("12 % sand").waitFor();
    }));
});

describe("the graph", () => {
  test("is searched and chosen by type, in the address; an entity has observations with evidence, relations both ways, history", () =>
    visit("/memory/graph", async (page) => {
      await page.getByTestId("graph-overview").getByTestId("graph-drawing").waitFor();
      await page.getByRole("list", { name: "Types" }).getByRole("button", { name: "more" }).click();
      await page.locator('[data-type="oven"]').click();
      await page.waitForURL(/type=oven/);
      const list = page.getByTestId("entity-row");
      await expect.poll(() => list.count()).toBe(1);
      await page.reload();
      await expect.poll(() => list.count()).toBe(1);
      await list.getByRole("link").click();
      await entity(page).getByRole("heading", { name: "big kiln" }).waitFor();
      await page.getByTestId("merged").getByText("also stove, merged into it").waitFor();
      const said = page.getByTestId("observations").locator("li");
      await said.filter({ hasText: "Stands in the yard" }).getByText("another's").waitFor();
      expect(await said.count()).toBe(3);
      const relations = page.getByTestId("relations");
      await relations.locator('[data-direction="here"]', { hasText: "pot" }).waitFor();
      expect(await relations.locator('[data-direction="away"]').count()).toBe(5);
      const history = page.getByTestId("entity-history");
      await history.getByText("merged into big kiln").waitFor();
      await history.getByText("renamed from kiln to big kiln").waitFor();
      await relations.getByRole("link", { name: "blue glaze" }).click();
      await entity(page).getByRole("heading", { name: "blue glaze" }).waitFor();
      await page.getByTestId("observations").getByText("tainted").waitFor();
      await page.goBack();
      await entity(page).getByRole("heading", { name: "big kiln" }).waitFor();
    }));

  test("evidence leads to the session at the very event", () =>
    visit(`/memory/graph?entity=${entityId("clay")}`, async (page) => {
      await page.getByTestId("observations").getByRole("link", { name: "Fire the kiln" }).click();
      await page.waitForURL(new RegExp(`/sessions/${MEMORY.session}\\?tab=timeline&at=`));
      const at = new URL(page.url()).searchParams.get("at");
      await page.locator(`[data-testid="timeline-row"][data-event-id="${at}"][aria-current="true"]`).waitFor();
    }));

  test("is drawn around an entity, as far as is asked; a click on another goes there; the drawing is not read out", () =>
    visit(`/memory/graph?entity=${entityId("glaze")}`, async (page) => {
      const drawing = page.getByTestId("graph-drawing");
      await expect.poll(() => drawing.locator("[data-node]").count()).toBe(3);
      await drawing.getByText("is fired in").waitFor();
      await page.getByRole("group", { name: "How far the drawing reaches" }).getByRole("button", { name: "2" }).click();
      await page.waitForURL(/depth=2/);
      await expect.poll(() => drawing.locator("[data-node]").count()).toBe(ENTITIES);
      expect(await drawing.locator("svg").getAttribute("aria-hidden")).toBe("true");
      await drawing.locator(`[data-node="${entityId("pot")}"]`).click();
      await entity(page).getByRole("heading", { name: "pot", exact: true }).waitFor();
      expect(page.url()).toContain("depth=2");
      const places = () =>
        drawing.locator("[data-node]").evaluateAll((all) => all.map((one) => one.getAttribute("transform")));
      const before = await places();
      await page.reload();
      await expect.poll(places).toEqual(before);
    }));

  test("the whole of it is seen at once: no name is cut, no relation's name lies over another, every type is named", () =>
    visit("/memory/graph", async (page) => {
      const drawing = page.getByTestId("graph-overview").getByTestId("graph-drawing");
      await drawing.locator("[data-node]").first().waitFor();
      const cut = await drawing.locator(".drawing-box").evaluate((box) => {
        const frame = box.getBoundingClientRect();
        return [...box.querySelectorAll("[data-node] > :is(circle, text)")].filter((one) => {
          const { left, top, right, bottom } = one.getBoundingClientRect();
          return left < frame.left || top < frame.top || right > frame.right || bottom > frame.bottom;
        }).length;
      });
      expect(cut).toBe(0);
      expect(await drawing.locator(".graph-label").count()).toBe(0);
      await drawing.locator(`[data-node="${entityId("kiln")}"] circle`).hover();
      await drawing.locator(".graph-label").first().waitFor();
      const asked = await page.request.get(`${running.dashboard.url}/api/graph/entities`);
      const { all_types } = (await asked.json()) as { all_types: readonly string[] };
      const legend = await page.getByTestId("type-legend").textContent();
      for (const type of all_types.filter((one) => one !== "" && one.length < 20)) expect(legend).toContain(type);
    }));

  test("on a phone it is drawn too, above the list; the bar says that there are more pages", () =>
    visit(
      "/memory/graph",
      async (page) => {
        const drawing = page.getByTestId("graph-drawing");
        await drawing.locator("[data-node]").first().waitFor();
        expect(await drawing.isVisible()).toBe(true);
        expect(await page.getByTestId("entity-row").first().isVisible()).toBe(true);
        const nav = page.getByRole("navigation", { name: "Pages" });
        expect(await nav.getAttribute("data-more-before")).toBe("");
        await page.goto(`${running.dashboard.url}/inbox`);
        await expect.poll(() => nav.getAttribute("data-more-after")).toBe("");
        expect(await nav.getAttribute("data-more-before")).toBeNull();
      },
      { width: 390 },
    ));

  test("keyboard alone: find, open, next, close", () =>
    visit("/memory/graph", async (page) => {
      await page.getByTestId("entity-row").first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("part");
      await page.keyboard.press("Enter");
      await page.waitForURL(/q=part/);
      await expect.poll(() => page.getByTestId("entity-row").count()).toBe(4);
      await page.keyboard.press("Escape");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await entity(page).waitFor();
      const first = await entity(page).getAttribute("data-entity");
      await page.keyboard.press("j");
      await expect.poll(() => entity(page).getAttribute("data-entity")).not.toBe(first);
      await page.keyboard.press("Escape");
      await entity(page).waitFor({ state: "detached" });
    }));
});

describe("texts that attack", () => {
  const untouched = async (page: Page) => {
    expect(await page.evaluate(() => (window as unknown as { __pwned?: number }).__pwned)).toBeUndefined();
    const dangerous = page.locator("main :is(script, iframe, object, embed, form, base, meta, link, img, style)");
    expect(await dangerous.count()).toBe(0);
    const handlers = await page
      .locator("main *")
      .evaluateAll((all) => all.flatMap((one) => one.getAttributeNames().filter((name) => name.startsWith("on"))));
    expect(handlers).toEqual([]);
    const links = await page
      .locator("main a[href]")
      .evaluateAll((all) =>
        all.map((one) => one.getAttribute("href")!).filter((href) => !/^(?:\/|https?:)/.test(href)),
      );
    expect(links).toEqual([]);
  };
  test.each(["text", "raw", "changes"])("are text in paths, titles, front matter and bodies: %s", (view) =>
    visit(`/memory?file=attack%2F1.md&view=${view}`, async (page) => {
      await page.getByTestId("memory-conflict").waitFor();
      for (const index of [1, 4, 19]) {
        await page.goto(`${running.dashboard.url}/memory?file=attack%2F${index}.md&view=${view}`);
        await page.locator(`[data-file="attack/${index}.md"] [data-testid="memory-conflict"]`).waitFor();
        await page.waitForTimeout(150);
        await untouched(page);
      }
    }),
  );

  test("are text in names, types, observations and relations of the graph, and in its drawing", () =>
    visit(`/memory/graph?entity=${entityId("attack 1")}&depth=3`, async (page) => {
      await page.getByTestId("graph-drawing").locator("[data-node]").first().waitFor();
      await entity(page).locator("h2", { hasText: PAYLOADS[1]! }).waitFor();
      await untouched(page);
      await page.goto(`${running.dashboard.url}/memory/graph?q=pwned&type=${encodeURIComponent(PAYLOADS[1]!)}`);
      await expect.poll(() => page.getByTestId("entity-row").count()).toBe(1);
      await untouched(page);
    }));
});

test("a failed question says so, and can be asked again; an id that is nobody's says so, too", async () => {
  const { page, context } = await watchedPage(running.browser, { origin: running.dashboard.url });
  try {
    await page.goto(running.dashboard.signIn());
    await page.getByTestId("session-row").first().waitFor();
    const failing = { status: 500, json: { error: { code: "internal", message: "the question failed" } } };
    for (const [path, api, first] of [
      ["/memory", "**/api/memory/files", "memory-row"],
      ["/memory/graph", "**/api/graph/entities**", "entity-row"],
    ] as const) {
      await page.route(api, (route) => route.fulfill(failing));
      await page.goto(running.dashboard.url + path);
      await page.getByRole("alert").getByText("the question failed").first().waitFor();
      await page.unroute(api);
      await page.getByRole("button", { name: "Try again" }).first().click();
      await page.getByTestId(first).first().waitFor();
    }
    await page.goto(`${running.dashboard.url}/memory?file=nobody`);
    await detail(page).getByText("no memory file has this id").waitFor();
    await page.goto(`${running.dashboard.url}/memory/graph?entity=nobody`);
    await entity(page).getByText("no entity has this id").waitFor();
  } finally {
    await context.close();
  }
});

test("where nothing has been written yet, it says who writes and how", async () => {
  const plain = liveMachine();
  plain.own("session.start", "quiet", { name: "Quiet" }, 10);
  plain.takeIn();
  const own = await serveDatabase(plain.machine.database);
  const { page, context, complaints } = await watchedPage(running.browser, { origin: own.url });
  try {
    await page.goto(own.signIn());
    await page.getByTestId("session-row").first().waitFor();
    await page.goto(`${own.url}/memory`);
    await page.getByText("clew memory push --all-projects").waitFor();
    await page.getByRole("link", { name: "Graph" }).click();
    await page.getByText("clew graph add billing").waitFor();
    await page.getByText("graph_add").waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    await own.close();
    plain.close();
  }
});

test("a session's type stands in the list and in its facet, and chooses in the address", () =>
  visit("/", async (page) => {
    const typed = page.getByTestId("session-row").filter({ hasText: "Model the orders" });
    await typed.getByTestId("session-type").getByText("dbt").waitFor();
    await page.locator('[data-facet="type:dbt"]').click();
    await page.waitForURL(/q=type%3Adbt/);
    await expect.poll(() => page.getByTestId("session-row").count()).toBe(1);
    expect(await page.locator('[data-facet="type:dbt"] .facet-count').textContent()).toBe("1");
    await page.reload();
    await expect.poll(() => page.getByTestId("session-row").count()).toBe(1);
    expect(await page.getByTestId("filter").inputValue()).toBe("type:dbt");
    expect(await page.locator('[data-facet="type:dbt"]').getAttribute("aria-pressed")).toBe("true");
  }));

test.each(["light", "dark"] as const)("no page has a serious finding of accessibility, %s", (theme) =>
  visit(
    `/memory?${KILN}`,
    async (page) => {
      for (const [path, ready] of [
        [`/memory?${KILN}`, "memory-overview"],
        [fileAt("firing.md", `&${KILN}`), "memory-conflict"],
        [fileAt("MEMORY.md", `&${KILN}&view=changes`), "memory-changes"],
        [fileAt("glaze.md", "&view=raw&q=celadon&line=14"), "raw-lines"],
        [`/memory/graph?q=kiln&entity=${entityId("kiln")}&depth=2`, "relations"],
      ] as const) {
        await page.goto(running.dashboard.url + path);
        await page.getByTestId(ready).first().waitFor();
        await page.waitForTimeout(250);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
        const found = serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`);
        expect([path, found]).toEqual([path, []]);
      }
    },
    { theme },
  ),
);

test("at 320 pixels nothing runs out of the page; a file and an entity open over the list and close again", () =>
  visit(
    `/memory?${KILN}`,
    async (page) => {
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      await rows(page).first().waitFor();
      expect(await width()).toBeLessThanOrEqual(320);
      await row(page, "firing.md").getByRole("link").click();
      await page.getByTestId("memory-conflict").waitFor();
      expect(await width()).toBeLessThanOrEqual(320);
      await page.getByRole("button", { name: "Close the file" }).click();
      await detail(page).waitFor({ state: "detached" });
      await page.goto(`${running.dashboard.url}/memory/graph?entity=${entityId("kiln")}`);
      await page.getByTestId("graph-drawing").locator("[data-node]").first().waitFor();
      expect(await width()).toBeLessThanOrEqual(320);
      await page.getByRole("button", { name: "Close the entity" }).click();
      await page.getByTestId("entity-row").first().waitFor();
      expect(await width()).toBeLessThanOrEqual(320);
    },
    { width: 320 },
  ));
