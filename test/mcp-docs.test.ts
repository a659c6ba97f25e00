/** @module The example that docs/mcp.md opens with does what the page says, and the page names every tool. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { toolsOf } from "../packages/app/src/surfaces/mcp/tools.ts";
import { bareEnvironment, clewBin } from "./command.ts";
import { partsOf } from "./mcp-bed.ts";
import { repositoryRoot } from "./repository.ts";

const run = promisify(execFile);
const page = readFileSync(join(repositoryRoot, "docs", "mcp.md"), "utf8");

function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test("the opening example of docs/mcp.md registers the server, and finds the entry by hand", async () => {
  const script = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const env = bareEnvironment();
  const home = env.HOME!;
  const bin = join(home, "bin");
  mkdirSync(bin);
  mkdirSync(join(home, ".git"));
  program(join(bin, "clew"), `exec '${process.execPath}' '${clewBin}' "$@"`);
  // Stands for the client, which test/real-client has for real.
  program(join(bin, "claude"), `printf '%s\\n' "$@" > '${join(home, "claude-arguments")}'`);
  const { stdout } = await run("sh", ["-e", "-c", script], {
    cwd: home,
    env: { ...env, CLEW_RUNTIME_DIR: join(home, "run"), PATH: `${bin}${delimiter}${env.PATH}` },
  });
  expect(readFileSync(join(home, "claude-arguments"), "utf8").split("\n")).toEqual([
    "mcp",
    "add",
    "clew",
    "--",
    "clew",
    "mcp",
    "",
  ]);
  const messages = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { readonly id: number; readonly result: Record<string, unknown> });
  expect(messages.map(({ id }) => id).sort()).toEqual([1, 2]);
  const { content, structuredContent } = messages.find(({ id }) => id === 2)!.result as {
    readonly content: readonly { readonly text: string }[];
    readonly structuredContent: unknown;
  };
  const { inside, outside } = partsOf(content[0]!.text);
  expect(inside).toBe("title: Staging double-counts refunds");
  expect(outside).toMatch(/^1\. e-[0-9a-f]{12}, issue, open, changed /m);
  expect(structuredContent).toMatchObject({ rows: [{ category: "issue", status: "open", trust: expect.any(String) }] });
});

test("docs/mcp.md names every tool, and none that is not there", () => {
  const named = new Set([...page.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map(([, name]) => name!));
  const tools = toolsOf("write");
  expect(tools.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  const [reads = "", writes = ""] = page.split("| writes | |");
  for (const { name, profile } of tools)
    expect((profile === "read" ? reads : writes).includes(`\`${name}\``), name).toBe(true);
  const rows = [...page.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|/gm)].flatMap(([, cell]) =>
    cell!.replaceAll("`", "").split(", "),
  );
  expect(rows.sort()).toEqual(tools.map(({ name }) => name).sort());
});
