/** @module The Node hook keeps the same records as the shell's, by the same rules, and never fails. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../base/paths.ts";
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import { listSpool, readSpoolFile, takeLostCount } from "../../spool/spool-directory.ts";
import { type HookCall, observeHook } from "./observe-hook.ts";

const script = fileURLToPath(new URL("../../../../../plugin/hooks/observe.sh", import.meta.url));
const body = Buffer.from('{"hook_event_name":"Stop","session_id":"s"}');
const newFolder = (): string => mkdtempSync(join(tmpdir(), "clew-observe-"));

function observe(env: Environment, call: Partial<HookCall> = {}): Promise<string> {
  return observeHook({ env, parentPid: process.pid, random: () => 0.9, readBody: async () => body, ...call });
}

function recordsIn(home: string) {
  const spool = join(home, "spool");
  return listSpool(spool).names.map((name) => decodeSpoolRecord(readSpoolFile(spool, name)!.bytes));
}

describe("observeHook", () => {
  test.each<readonly [string, Record<string, string>]>([
    ["nothing", {}],
    [
      "everything",
      {
        CLAUDE_PID: "4711",
        CLAUDE_CODE_SESSION_ID: "s-1",
        CLEW_SESSION_ID: "p-1",
        CLAUDE_PROJECT_DIR: "/home/ana/ünicode",
        CLEW_IDENTITY: "me",
        CLAUDE_CODE_SESSION_ATTENDED: "1",
        SECRET: "sekrit",
      },
    ],
    [
      "what breaks a head",
      { CLAUDE_PID: "1x", CLEW_IDENTITY: "a\nb", CLAUDE_PROJECT_DIR: "x".repeat(4097), CLEW_SESSION_ID: "kept" },
    ],
    ["strict", { CLEW_DURABILITY: "strict", CLAUDE_PID: "12345678901" }],
  ])("the same record as the script's, of an environment with %s", async (_, env) => {
    const [bySh, byNode] = [newFolder(), newFolder()];
    execFileSync("sh", [script, bySh], { input: body, env: { PATH: process.env.PATH, ...env } });
    expect(await observe(env, { home: byNode })).toBe(`kept in ${join(byNode, "spool")}`);
    expect(recordsIn(byNode)).toHaveLength(1);
    expect(recordsIn(byNode)).toEqual(recordsIn(bySh));
  });

  test("keeps nothing where it must not, and says why", async () => {
    const home = newFolder();
    const project = newFolder();
    mkdirSync(join(project, ".clew"));
    writeFileSync(join(project, ".clew", "off"), "");
    expect(await observe({ CLEW_HOME: home, CLEW_HOOKS: "off" })).toBe("CLEW_HOOKS=off");
    expect(await observe({ CLEW_HOME: home, CLAUDE_PROJECT_DIR: project })).toContain("not recorded: ");
    expect(await observe({ CLEW_HOME: "data" })).toBe("not an absolute path: data");
    expect(await observe({ XDG_DATA_HOME: "data" })).toBe("neither CLEW_HOME nor HOME is set");
    expect(await observe({ CLEW_HOME: home }, { readBody: async () => null })).toContain("larger than");
    expect(readdirSync(home)).toEqual([]);
    symlinkSync(newFolder(), join(home, "spool"));
    expect(await observe({ CLEW_HOME: home })).toContain("is a symbolic link");
  });

  test("looks at the cap now and then, drops and counts what is over it", async () => {
    const home = newFolder();
    const env = { CLEW_HOME: home, CLEW_SPOOL_MAX_KB: "1" };
    const call = { readBody: async () => Buffer.alloc(2000, "x") };
    await observe(env, call);
    expect(await observe(env, { ...call, random: () => 0.01 })).toContain("kept in");
    expect(await observe(env, call)).toContain("counted as lost");
    expect(recordsIn(home)).toHaveLength(2);
    expect(takeLostCount(join(home, "spool"))).toBe(1);
  });
});
