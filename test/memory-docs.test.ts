/** @module The example that docs/memory.md opens with does what the page says. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bareEnvironment, clewBin } from "./command.ts";
import { repositoryRoot } from "./repository.ts";

const run = promisify(execFile);

test("the opening example of docs/memory.md keeps both versions and finds the newest", async () => {
  const page = readFileSync(join(repositoryRoot, "docs", "memory.md"), "utf8");
  const script = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  expect(script).toContain("clew memory push");
  const env = bareEnvironment();
  const home = env.HOME!;
  const bin = join(home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "clew"), `#!/bin/sh\nexec '${process.execPath}' '${clewBin}' "$@"\n`);
  chmodSync(join(bin, "clew"), 0o755);
  const { stdout } = await run("sh", ["-e", "-c", script], {
    cwd: home,
    env: { ...env, CLEW_RUNTIME_DIR: join(home, "run"), PATH: `${bin}${delimiter}${env.PATH}` },
  });
  expect(stdout.match(/refunds\.md: kept in the store$/gm)).toHaveLength(2);
  expect(stdout).toContain(".claude/rules/refunds.md:1: # Refunds: counted once, by order and day.");
  expect(stdout.match(/^\S+ .* (version|stands)\b/gm)).toHaveLength(2);
  expect(stdout).toContain("- Refunds are idempotent since 2.4");
});
