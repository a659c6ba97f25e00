/** @module Runs the official conformance suite against an address, and reads what it found. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServedMcp } from "./daemon.ts";
import { startTokenProxy } from "./token-proxy.ts";

const program = join(process.env.CLEW_MCP_TOOLS ?? "", "@modelcontextprotocol/conformance/dist/index.js");
const node = process.env.CLEW_MCP_NODE ?? process.execPath;

export interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: "SUCCESS" | "FAILURE" | "SKIPPED" | "WARNING" | "INFO";
  readonly errorMessage?: string;
}

export interface SuiteRun {
  /** Names of all scenarios of the version, each once. */
  readonly scenarios: readonly string[];
  readonly checks: readonly Check[];
}

/** Every scenario that the suite has for this version of the protocol. */
export async function runSuite({ url, headers, env }: ServedMcp, version: string): Promise<SuiteRun> {
  const output = mkdtempSync(join(tmpdir(), "clew-conformance-"));
  // The suite cannot show a token.
  const proxy = await startTokenProxy(url, headers);
  try {
    const args = [program, "server", "--url", proxy.url, "--suite", "all", "--spec-version", version, "-o", output];
    const child = spawn(node, args, { stdio: "ignore", env });
    await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    const directories = readdirSync(output).sort();
    const nameOf = (directory: string): string => directory.replace(/^server-|-\d{4}-\d\d-\d\dT.*$/g, "");
    return {
      scenarios: [...new Set(directories.map(nameOf))],
      checks: directories.flatMap((directory) => {
        const list = JSON.parse(readFileSync(join(output, directory, "checks.json"), "utf8")) as readonly Check[];
        return list.map((check) => ({ ...check, scenario: nameOf(directory) }));
      }),
    };
  } finally {
    await proxy.close();
    rmSync(output, { recursive: true, force: true });
  }
}

/** "scenario check", sorted; a check that is made several times stands as often as it came out so. */
export function withStatus({ checks }: SuiteRun, status: Check["status"]): readonly string[] {
  return checks
    .filter((check) => check.status === status)
    .map(({ scenario, id }) => `${scenario} ${id}`)
    .sort();
}
