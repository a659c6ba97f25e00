/** @module The dashboard over sessions that hooks tell of, with a browser that visits it and wants a clean console. */
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { launchBrowser, watchedPage } from "./browser.ts";
import { serveDatabase, type TestDashboard } from "./dashboard.ts";
import type { LiveMachine } from "./live-machine.ts";
import { seedLive } from "./seed-live.ts";

export interface LiveDashboard<Machine extends LiveMachine = LiveMachine> {
  readonly live: Machine;
  readonly dashboard: TestDashboard;
  readonly browser: Browser;
  /** Opens a signed-in page, runs the steps, and wants a clean console. */
  visit(
    path: string,
    steps: (page: Page) => Promise<unknown>,
    options?: { readonly theme?: "light" | "dark"; readonly width?: number },
  ): Promise<void>;
  close(): Promise<void>;
}

export const rows = (page: Page) => page.getByTestId("session-row");

export const startLiveDashboard = (): Promise<LiveDashboard> => startDashboard(seedLive);

/** `seed` takes everything in before it returns. */
export async function startDashboard<Machine extends LiveMachine>(
  seed: () => Promise<Machine>,
): Promise<LiveDashboard<Machine>> {
  const live = await seed();
  const dashboard = await serveDatabase(live.machine.database);
  const browser = await launchBrowser();
  return {
    live,
    dashboard,
    browser,
    async visit(path, steps, options = {}) {
      const { page, context, complaints } = await watchedPage(browser, { origin: dashboard.url, ...options });
      try {
        await page.goto(dashboard.signIn());
        await rows(page).first().waitFor();
        // Pages are asked anew with every change; one without the stream would prove nothing.
        await expect.poll(() => dashboard.live.listeners).toBeGreaterThan(0);
        if (path !== "/") await page.goto(dashboard.url + path);
        await steps(page);
        expect(complaints).toEqual([]);
        expect(dashboard.errors).toEqual([]);
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      await dashboard.close();
      live.close();
    },
  };
}
