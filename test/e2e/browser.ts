/** @module A headless Chromium for tests: an installed one, else the one that the package registry carries. */
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Flags that the packaged browser needs without a display or a sandbox; none that weakens what is tested. */
const ARGUMENTS = [
  "--no-sandbox",
  "--no-zygote",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
];

/** CLEW_CHROMIUM names another browser. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CLEW_CHROMIUM ?? INSTALLED.find(existsSync) ?? (await packagedChromium());
  return chromium.launch({ executablePath, args: ARGUMENTS, headless: true });
}

/** Longer than unpacking takes anywhere; a lock this old was left by a process that died. Milliseconds. */
const STALE_LOCK = 60_000;

/** Unpacks the browser on first use. Test files run side by side, and a half-written program cannot start: one at a time. */
async function packagedChromium(): Promise<string> {
  const module = (await import("@sparticuz/chromium")) as unknown as { default: { executablePath(): Promise<string> } };
  const lock = join(tmpdir(), "clew-chromium.lock");
  while (!takes(lock)) await new Promise((resolve) => setTimeout(resolve, 100));
  try {
    return await module.default.executablePath();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function takes(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_LOCK) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

export interface WatchedPage {
  readonly page: Page;
  /** Console errors, uncaught exceptions, policy violations, and requests to anywhere else, in order. */
  readonly complaints: readonly string[];
}

export interface WatchedPageOptions {
  readonly origin: string;
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
}

/** A page in a context of its own that notes whatever a user's console would show. */
export async function watchedPage(
  browser: Browser,
  { origin, theme = "light", width = 1440, height = 900 }: WatchedPageOptions,
): Promise<WatchedPage & { readonly context: BrowserContext }> {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-US",
  });
  const complaints: string[] = [];
  await context.exposeFunction("__complain", (text: string) => void complaints.push(text));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      void (window as unknown as { __complain(text: string): void }).__complain(
        `CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
      );
    });
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`pageerror: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:") && !request.url().startsWith("blob:"))
      complaints.push(`foreign request: ${request.url()}`);
  });
  return { page, context, complaints };
}
