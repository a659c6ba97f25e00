/** @module Entries and messages as a user has them: with and without a running daemon, and the example of docs/entries.md. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { clew, clewBin } from "./command.ts";
import { directory, env, json, onUnix, run, SOON, socket, useDaemonBed } from "./daemon-bed.ts";
import { repositoryRoot } from "./repository.ts";

useDaemonBed();

const execute = promisify(execFile);
const as = (identity: string): NodeJS.ProcessEnv => ({ ...env, CLEW_IDENTITY: identity });
interface Messages {
  readonly rows: readonly { readonly message_id: string }[];
}
interface Names {
  readonly USER?: string | undefined;
  readonly LOGNAME?: string | undefined;
  readonly git?: boolean;
}
const titles = async (): Promise<unknown[]> =>
  ((await json("list", "--all")).rows as { title: string }[]).map(({ title }) => title);

describe.runIf(onUnix)("with a daemon", () => {
  it("what is written is there for the next question, of whoever wrote it", async () => {
    const daemon = run("daemon", "run", "--port", "0");
    await expect.poll(() => existsSync(socket()), SOON).toBe(true);
    const { entry_id: id, stored } = await json("log", "-c", "issue", "-t", "Refunds count twice");
    expect([stored, await titles()]).toEqual([true, ["Refunds count twice"]]);
    await clew(["resolve", "--id", String(id), "--status", "blocked", "--note", "Waits."], as("bo"));
    await clew(["send", "--to", "cy", "Look at it, @cy"], as("bo"));
    expect((await clew(["inbox", "--count"], as("cy"))).stdout).toBe("1 message, 1 change\n");
    expect((await clew(["inbox"], as("cy"))).stdout).toContain("Refunds count twice");
    expect((await clew(["inbox", "--count"], as("cy"))).stdout).toBe("1 message\n");
    const [message] = (JSON.parse((await clew(["messages", "--json"], as("cy"))).stdout) as Messages).rows;
    await clew(["messages", "read", message!.message_id], as("cy"));
    expect((await clew(["inbox", "--count"], as("cy"))).stdout).toBe("");
    const { entry, notes, history } = (await json("show", String(id))) as Record<string, unknown[]>;
    expect(entry).toMatchObject({ status: "blocked", changed_by: "bo" });
    expect([notes, history]).toMatchObject([[{ text: "Waits." }], [{}, { author: "bo" }]]);
    await clew(["daemon", "stop"], env);
    await daemon.finished;
    // Without one it is the same, and everything is still there.
    await json("log", "-c", "note", "-t", "written alone");
    expect(await titles()).toEqual(["written alone", "Refunds count twice"]);
    expect(readdirSync(join(directory, "data", "spool"))).toEqual([]);
    expect((await clew(["rebuild"], env)).code).toBe(0);
    expect(await titles()).toEqual(["written alone", "Refunds count twice"]);
    expect((await json("show", String(id))).history).toEqual(history);
    expect((await clew(["inbox", "--count"], as("cy"))).stdout).toBe("1 change\n");
  });
});

it.each([
  ["the user's name is known", { USER: "ada" }],
  ["git has another name for them, and the shell has none", { USER: undefined, LOGNAME: undefined, git: true }],
])("the opening example of docs/entries.md does what the page says where %s", async (_, { git, ...names }: Names) => {
  if (git) writeFileSync(join(directory, ".gitconfig"), "[user]\n  email = ada@example.org\n");
  const page = readFileSync(join(repositoryRoot, "docs", "entries.md"), "utf8");
  const script = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  expect(script).toContain("clew log");
  const bin = join(directory, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "clew"), `#!/bin/sh\nexec '${process.execPath}' '${clewBin}' "$@"\n`);
  chmodSync(join(bin, "clew"), 0o755);
  const { stdout } = await execute("sh", ["-e", "-c", script], {
    cwd: join(directory, "web"),
    env: { ...env, ...names, PATH: `${bin}${delimiter}${env.PATH}` },
  });
  expect(stdout).toMatch(/e-[0-9a-f]{12} +issue +open +Refunds are counted twice #money/);
  expect(stdout).toMatch(/^e-[0-9a-f]{12} open → resolved$/m);
  expect(stdout).toMatch(
    /^Messages\n {2}m-[^\n]* bo [^\n]*\nChanges\n {2}e-[^\n]* Refunds are counted twice [^\n]*bo +just now +note, status$/m,
  );
  expect(stdout).toMatch(/bo → \S*ada\S* .*unread\n {2}Refunds: look again, please\.\n/);
  expect(stdout).toMatch(
    / bo\n {2}status: open → resolved\n {2}note: The key was not unique\.\n[^\n]+\n {2}tags: \+ staging\n$/,
  );
});
