/** @module The example that docs/logs.md opens with does what the page says. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bareEnvironment, clewBin } from "./command.ts";
import { repositoryRoot } from "./repository.ts";

const run = promisify(execFile);

test("the opening example of docs/logs.md finds its line", async () => {
  const page = readFileSync(join(repositoryRoot, "docs", "logs.md"), "utf8");
  const script = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  expect(script).toContain("clew logs add");
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
  expect(stdout).toContain(`Added: ${join(home, "shop-logs")}`);
  const found = stdout.slice(stdout.indexOf("Added:")).split("\n").slice(2).join("\n");
  expect(found).toContain("card declined");
  expect(found).toContain("order-7");
});
