import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ran, run } from "../testing.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-logs-cli-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const NOW = Date.UTC(2026, 10, 21, 12);
const clew = (...words: readonly string[]): Promise<Ran> =>
  run(words, { home, now: NOW, env: { CLEW_RUNTIME_DIR: join(home, "run") } });
const config = () => join(home, "config.yaml");
const line = (msg: string, fields: object = {}): string =>
  `${JSON.stringify({ level: 30, time: NOW - 60_000, msg, ...fields })}\n`;

interface Listed {
  readonly rows: readonly { readonly [name: string]: unknown }[];
  readonly interactions: { readonly files: number; readonly lines: number };
}
const list = async (): Promise<Listed> => JSON.parse((await clew("logs", "list", "--json")).stdout) as Listed;

describe("clew logs add and remove", () => {
  test("write a private file of settings, and change it in place", async () => {
    const path = join(home, "app.log");
    const added = await clew("logs", "add", path, "--service", "shop");
    expect(added.code, added.stderr).toBe(0);
    expect(added.stdout).toContain("There is no such file yet");
    expect(readFileSync(config(), "utf8")).toBe(`logs:\n  - path: ${path}\n    service: shop\n`);
    if (process.platform !== "win32") expect(statSync(config()).mode & 0o777).toBe(0o600);
    expect((await clew("logs", "add", path)).stdout).toContain("Was there already");
    const changed = JSON.parse((await clew("logs", "add", path, "--zone", "Asia/Tokyo", "--json")).stdout);
    expect(changed).toMatchObject({ path, change: "changed", exists: false, zone: "Asia/Tokyo" });
    expect((await list()).rows).toMatchObject([{ path, service: "shop", zone: "Asia/Tokyo" }]);
    expect((await clew("logs", "remove", path)).code).toBe(0);
    expect((await list()).rows).toEqual([]);
  });

  test("leave everything else as it stands, comments included", async () => {
    const text = `# mine
context:
  enabled: true # always

# what is read
logs:
  # the shop
  - path: /var/log/shop # all of it
    service: shop
  - "/var/log/b.log"
`;
    writeFileSync(config(), text);
    expect((await clew("logs", "add", "/var/log/c/**/*.log")).code).toBe(0);
    expect(readFileSync(config(), "utf8")).toBe(`${text}  - path: /var/log/c/**/*.log\n`);
    expect((await clew("logs", "remove", "/var/log/b.log")).code).toBe(0);
    expect((await clew("logs", "remove", "/var/log/c/**/*.log")).code).toBe(0);
    expect(readFileSync(config(), "utf8")).toBe(text.replace('  - "/var/log/b.log"\n', ""));
  });

  test.each([
    ["add", "context: {"],
    ["add", "- a\n- b\n"],
    ["add", "logs: everything\n"],
  ])("%s touches no file that is not as it should be: %s", async (word, text) => {
    writeFileSync(config(), text);
    const { code, stderr } = await clew("logs", word, "/a.log");
    expect([code, stderr]).toEqual([1, expect.stringContaining("config.yaml")]);
    expect(readFileSync(config(), "utf8")).toBe(text);
  });

  test.each([
    [["logs", "ad", "/a"], "did you mean `clew logs add`?"],
    [["logs", "add"], "needs a path"],
    [["logs", "add", "/a", "/b"], "takes no more words"],
    [["logs", "add", "/a", "--format", "pin"], "did you mean pino?"],
    [["logs", "add", "/a", "--zone", "Nowhere"], "is no time zone"],
    [["logs", "list", "--service", "x"], "does not go with"],
    [["logs", "watch", "-", "/a"], "either paths or -"],
  ])("%j is wrong usage", async (words, message) => {
    const { code, stderr } = await clew(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(config())).toBe(false);
  });

  test("what was added and cannot be read says so, once; a workspace has to be a directory", async () => {
    symlinkSync(join(home, "loop"), join(home, "loop"));
    const path = join(home, "loop", "a.log");
    const added = await clew("logs", "add", path);
    expect(added.code).toBe(0);
    expect(added.stdout.match(/cannot be read/gu)).toHaveLength(1);
    expect(added.stdout).not.toContain("no such file yet");
    writeFileSync(join(home, "b.log"), Buffer.from([0, 1]));
    expect((await clew("logs", "add", join(home, "b.log"))).stdout).toContain("is not text");
    const refused = await clew("logs", "add", join(home, "c.log"), "--workspace", join(home, "nope"));
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("is no directory")]);
    expect(readFileSync(config(), "utf8")).not.toContain("c.log");
  });

  test("what is not there cannot be removed", async () => {
    expect(await clew("logs", "remove", "/none")).toMatchObject({ code: 1, stderr: expect.stringContaining("/none") });
  });
});

describe("clew logs list", () => {
  test("says what was read of each source, what joined no session, and what cannot be read", async () => {
    const logs = join(home, "logs");
    mkdirSync(logs);
    writeFileSync(join(logs, "a.log"), line("one", { session_id: "order-7" }) + line("two"));
    writeFileSync(join(logs, "b.log"), Buffer.from([0, 1, 2]));
    await clew("logs", "add", logs, "--service", "shop");
    await clew("logs", "add", join(home, "none.log"));
    expect((await list()).rows[0]).toMatchObject({ lines: 0, files: [{ status: "unread" }, { status: "unread" }] });
    const indexed = await clew("index");
    expect(indexed.stderr).toContain("b.log cannot be read: is not text");
    const { rows, interactions } = await list();
    expect(interactions).toEqual({ files: 0, lines: 0 });
    expect(rows).toEqual([
      {
        path: logs,
        service: "shop",
        format: null,
        workspace: null,
        zone: null,
        files: [
          { path: join(logs, "a.log"), status: "present", lines: 2, format: "pino" },
          { path: join(logs, "b.log"), status: "unread", lines: 0, format: null },
        ],
        lines: 2,
        uncorrelated: 1,
        last_line_at: new Date(NOW - 60_000).toISOString(),
        problems: [`${join(logs, "b.log")} cannot be read: is not text`],
      },
      expect.objectContaining({
        path: join(home, "none.log"),
        lines: 0,
        problems: [`${join(home, "none.log")} is not there`],
      }),
    ]);
    const { stdout } = await clew("logs", "list");
    expect(stdout).toMatch(/UNCORRELATED/);
    expect(stdout).toContain("shop");
  });

  test("counts each file once: rotated, copied, or an interaction log that is a source as well", async () => {
    const logs = join(home, "logs");
    mkdirSync(logs);
    writeFileSync(join(logs, "a.log"), line("one") + line("two"));
    const call = {
      interaction_id: 1,
      session_id: "order-7",
      timestamp: new Date(NOW).toISOString(),
      provider: "openai",
    };
    mkdirSync(join(logs, "llm_interactions"));
    writeFileSync(join(logs, "llm_interactions", "session_1.jsonl"), `${JSON.stringify(call)}\n`);
    await clew("logs", "add", logs);
    await clew("index");
    // Renamed, and a new one of the name; and a copy of what was read.
    renameSync(join(logs, "a.log"), join(logs, "a.log.1"));
    writeFileSync(join(logs, "a.log"), line("three"));
    await clew("index");
    copyFileSync(join(logs, "a.log.1"), join(logs, "a.log.2"));
    const { rows, interactions } = await list();
    const paths = (rows[0]!.files as { path: string; status: string }[]).map((file) => file.path);
    expect([...paths].sort()).toEqual([...new Set(paths)].sort());
    expect(rows[0]).toMatchObject({ lines: 4 });
    expect(JSON.stringify(rows[0]!.files)).not.toContain("unread");
    expect(interactions).toEqual({ files: 0, lines: 0 });
  });

  test("without any source it says what to do", async () => {
    expect((await clew("logs", "list")).stdout).toContain("clew logs add PATH");
  });
});
