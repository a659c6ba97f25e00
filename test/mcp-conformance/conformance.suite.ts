/** @module The official conformance suite, over HTTP, in every version of the protocol that it knows and the server speaks. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedMcp, startMcpDaemon } from "./daemon.ts";
import { startTokenProxy, type TokenProxy } from "./token-proxy.ts";

const program = join(process.env.CLEW_MCP_TOOLS ?? "", "@modelcontextprotocol/conformance/dist/index.js");
const node = process.env.CLEW_MCP_NODE ?? process.execPath;

/** Scenarios about tools, prompts and resources of the suite's own example server, none of which Clew has. */
const OF_THE_EXAMPLE_SERVER = [
  "tools-call-",
  "json-schema-2020-12",
  "elicitation-",
  "resources-read-",
  "resources-templates-read",
  "prompts-get-",
  "input-required-result-",
  "http-custom-header-server-validation",
];
/** Scenarios about what a server may offer and Clew does not: it says so in its capabilities. */
const NOT_OFFERED = ["completion-complete", "logging-set-level", "resources-subscribe", "resources-unsubscribe"];
/** Why a check of them cannot pass. Any other reason is a failure. */
const ABSENT =
  /(Tool|Prompt) '?(test_|json_schema_)\w+'? not found|Resource not found: test:|Not testable: server|Method not found|Expected InputRequiredResult|Prerequisite failed/;

interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: "SUCCESS" | "FAILURE" | "SKIPPED" | "WARNING" | "INFO";
  readonly errorMessage?: string;
}

let daemon: ServedMcp;
let proxy: TokenProxy;
beforeAll(async () => {
  daemon = await startMcpDaemon();
  proxy = await startTokenProxy(daemon.url, daemon.headers);
}, 60_000);
afterAll(async () => {
  await proxy?.close();
  await daemon?.stop();
});

async function checksOf(version: string): Promise<readonly Check[]> {
  const output = mkdtempSync(join(tmpdir(), "clew-conformance-"));
  try {
    const args = [program, "server", "--url", proxy.url, "--suite", "all", "--spec-version", version, "-o", output];
    const child = spawn(node, args, { stdio: "ignore", env: daemon.env });
    await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    return readdirSync(output).flatMap((directory) => {
      const scenario = directory.replace(/^server-|-\d{4}-\d\d-\d\dT.*$/g, "");
      const list = JSON.parse(readFileSync(join(output, directory, "checks.json"), "utf8")) as readonly Check[];
      return list.map((check) => ({ ...check, scenario }));
    });
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** Checks that this version has to have passed, so that the suite cannot pass by not running. */
const PASSED = { "2025-06-18": 30, "2025-11-25": 36, "2026-07-28": 90 } as const;

test.each(Object.entries(PASSED))("%s", { timeout: 180_000 }, async (version, least) => {
  const checks = await checksOf(version);
  const isExpected = ({ scenario, errorMessage = "" }: Check): boolean =>
    ABSENT.test(errorMessage) &&
    (scenario === "server-stateless" ||
      NOT_OFFERED.includes(scenario) ||
      OF_THE_EXAMPLE_SERVER.some((beginning) => scenario.startsWith(beginning)));
  const failed = checks.filter(({ status }) => status === "FAILURE");
  expect(failed.filter((check) => !isExpected(check))).toEqual([]);
  const passed = checks.filter(({ status }) => status === "SUCCESS");
  console.log(`${version}: ${passed.length} checks passed, ${failed.length} are of what Clew does not have`);
  expect(passed.length).toBeGreaterThanOrEqual(least);
  for (const scenario of ["tools-list", "resources-list", "prompts-list"])
    expect(passed.map((check) => check.scenario)).toContain(scenario);
});
