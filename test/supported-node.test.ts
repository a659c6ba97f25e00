/** @module An unsupported Node gets one sentence, from the set-up scripts and from the command itself. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isSupportedNode } from "../scripts/lib/supported-node.mjs";
import { repositoryRoot } from "./repository.ts";

/** Runs a program under a Node that claims to be another version. */
function runAs(version: string, program: string): { readonly status: number | null; readonly output: string } {
  const fake = join(mkdtempSync(join(tmpdir(), "clew-node-")), "fake-version.cjs");
  writeFileSync(fake, `Object.defineProperty(process.versions, "node", { value: ${JSON.stringify(version)} });`);
  const result = spawnSync(process.execPath, ["--require", fake, join(repositoryRoot, program)], { encoding: "utf8" });
  return { status: result.status, output: result.stdout + result.stderr };
}

describe.each(["packages/app/bin/clew.js", "scripts/start.mjs", "scripts/test.mjs"])("%s", (program) => {
  test.each(["18.20.4", "20.18.3", "21.7.3", "22.13.1"])("says one sentence on Node %s", (version) => {
    const { status, output } = runAs(version, program);
    expect(status).toBe(1);
    expect(output).toBe(`clew needs Node.js 20.19 or newer of the 20 line, or 22.14 or newer; this is ${version}.\n`);
  });
});

test("the supported lines", () => {
  for (const version of ["20.19.0", "20.20.2", "22.14.0", "23.0.0", "24.21.0", "26.10.0"]) {
    expect(isSupportedNode(version), version).toBe(true);
  }
});
