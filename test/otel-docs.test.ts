/** @module The example that docs/otel.md opens with does what the page says. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bareEnvironment, clew, clewBin } from "./command.ts";
import { repositoryRoot } from "./repository.ts";

const run = promisify(execFile);

test("the opening example of docs/otel.md makes a session with its call", async () => {
  const page = readFileSync(join(repositoryRoot, "docs", "otel.md"), "utf8");
  const lines = (/```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "").trimEnd().split("\n");
  expect(lines.slice(-2)).toEqual(["sleep 3", "clew show recipe-42"]);
  const bare = bareEnvironment();
  const home = bare.HOME!;
  const bin = join(home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "clew"), `#!/bin/sh\nexec '${process.execPath}' '${clewBin}' "$@"\n`);
  chmodSync(join(bin, "clew"), 0o755);
  symlinkSync(join(repositoryRoot, "node_modules"), join(home, "node_modules"));
  const node = join(process.execPath, "..");
  const path = [bin, node, bare.PATH].join(delimiter);
  const env = { ...bare, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run"), PATH: path };
  try {
    const script = lines.slice(0, -2).join("\n").replace("daemon start", "daemon start --port 0");
    await run("sh", ["-e", "-c", script], { cwd: home, env });
    const shown = async () => (await clew(["show", "recipe-42", "--json"], env)).stdout;
    await expect.poll(shown, { interval: 200, timeout: 30_000 }).toContain("gpt-4.1");
    const { session } = JSON.parse(await shown()) as { session: Record<string, unknown> };
    expect(session).toMatchObject({
      session_id: "recipe-42",
      agent: "otel",
      responses: 1,
      input_tokens: 1000,
      output_tokens: 200,
    });
  } finally {
    await clew(["daemon", "stop"], env);
  }
});
