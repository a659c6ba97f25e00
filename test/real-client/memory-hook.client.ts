/** @module The real client writes memory files: each becomes a version of its session, once, and no other file does. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { slugOfPath } from "../../packages/app/src/authoring/memory-places.ts";
import { bareEnvironment, clew } from "../command.ts";
import { type Driven, drive } from "./drive.ts";
import type { Block, Step } from "./scripted-api.ts";

const client = process.env.CLEW_CLIENT ?? "";

interface Version {
  readonly path: string;
  readonly session_id: string;
  readonly author: string;
  readonly origin: string;
  /** JSON. */
  readonly data: string;
}

function environmentOf({ home, config }: Driven): NodeJS.ProcessEnv {
  return bareEnvironment({
    HOME: home,
    CLAUDE_CONFIG_DIR: config,
    CLEW_HOME: join(home, "clew"),
    CLEW_RUNTIME_DIR: join(home, "run"),
  });
}

async function versions(driven: Driven): Promise<readonly Version[]> {
  const sql = `SELECT m.path, c.session_id, c.author, c.origin, c.data FROM changes c
    JOIN memory_files m ON m.file_id = c.subject WHERE c.target = 'memory' ORDER BY c.hlc`;
  const { stdout } = await clew(["sql", sql, "--json"], environmentOf(driven));
  return stdout === "" ? [] : (JSON.parse(stdout) as { readonly rows: readonly Version[] }).rows;
}

/** What keeps a file outlives the client by a moment: nothing tells when it is done but what it has done. */
async function settled(driven: Driven, texts: readonly string[]): Promise<readonly Version[]> {
  for (let looks = 0; looks < 200; looks++) {
    const found = (await versions(driven)).map(({ data }) => data).join("");
    if (texts.every((text) => found.includes(text))) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // One that comes twice has had its time, too: hooks take turns.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return versions(driven);
}

const agent: Block = {
  tool: "Agent",
  input: {
    description: "Helper inner",
    subagent_type: "general-purpose",
    prompt: "Do your part. [[inner]]",
    run_in_background: false,
  },
};

test.each([["plugin"], ["setup"], ["plugin and setup"]] as const)(
  "with hooks by %s",
  { timeout: 120_000 },
  async (hooks) => {
    const [main, inner]: [Step[], Step[]] = [[], []];
    let memory = "";
    const scenario = {
      name: "memory",
      runs: [{ prompt: "Remember it. [[main]]" }],
      script: { main, inner },
      allow: ["Write", "Edit", "Read"],
      subagents: { inner: null },
    };
    const driven = await drive(client, scenario, {
      hooks: hooks === "setup" ? "setup" : "plugin",
      async prepare(env) {
        const project = join(env.HOME!, "project");
        const config = env.CLAUDE_CONFIG_DIR!;
        memory = join(config, "projects", slugOfPath(project), "memory");
        mkdirSync(memory, { recursive: true });
        const settings = join(config, "settings.json");
        const { permissions, ...rest } = JSON.parse(readFileSync(settings, "utf8")) as { permissions: object };
        writeFileSync(
          settings,
          JSON.stringify({ ...rest, permissions: { ...permissions, additionalDirectories: [config] } }),
        );
        if (hooks === "plugin and setup")
          expect((await clew(["setup", "--yes"], { ...bareEnvironment(), ...env })).code).toBe(0);
        const write = (path: string, content: string): Block => ({
          tool: "Write",
          input: { file_path: path, content },
        });
        main.push(
          [write(join(project, "readme.md"), "# No memory\n")],
          [write(join(project, "code.ts"), 'const name = "notes.md";\n')],
          [write(join(memory, "MEMORY.md"), "# Refunds\n\nCounted once.\n")],
          [agent],
          [
            {
              tool: "Edit",
              input: { file_path: join(memory, "MEMORY.md"), old_string: "once", new_string: "once, by order" },
            },
          ],
          [{ text: "Done." }],
        );
        inner.push([write(join(memory, "billing.md"), "# Billing\n")], [{ text: "Done." }]);
        return {};
      },
    });
    expect(driven.errors).toBe("");
    expect(readFileSync(join(memory, "MEMORY.md"), "utf8")).toContain("once, by order");
    const kept = await settled(driven, ["once, by order", "# Billing"]);
    const [session] = driven.sessionIds;
    const about = { author: "claude-code@project", origin: "agent" };
    const ofMain = kept.filter(({ path }) => path === "memory/MEMORY.md");
    // What is changed again before it was read is one version: the last is always there.
    expect([1, 2]).toContain(ofMain.length);
    expect(ofMain.at(-1)!.data).toContain("once, by order");
    for (const version of ofMain) expect(version).toMatchObject({ ...about, session_id: session });
    expect(kept.filter((version) => !ofMain.includes(version))).toEqual([
      {
        ...about,
        path: "memory/billing.md",
        session_id: expect.stringMatching(new RegExp(`^${session}\\.`)),
        data: expect.stringContaining("# Billing"),
      },
    ]);
    expect(existsSync(join(driven.home, "clew", "daemon.log"))).toBe(false);
  },
);
