import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPlaceResolver } from "../place/place.ts";
import { memoryRoots } from "./memory-places.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-memory-places-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("memoryRoots()", () => {
  it("gives a directory of the client to the project whose workspace has that slug, before one called after the slug", () => {
    const slug = "D--oh-my-posh";
    mkdirSync(join(home, "claude", "projects", slug, "memory"), { recursive: true });
    const bySlug = { path: slug, projectId: `dir:${slug}`, projectName: slug };
    const byPath = { path: "D:\\oh-my-posh", projectId: "dir:oh-my-posh", projectName: "oh-my-posh" };
    for (const workspaces of [[bySlug, byPath], [byPath, bySlug], [byPath]]) {
      const roots = memoryRoots(
        {
          env: { HOME: home, CLAUDE_CONFIG_DIR: join(home, "claude") },
          place: createPlaceResolver(home)(home, ""),
          cwd: home,
          workspaces,
          config: [],
        },
        "all",
      );
      const root = roots.find(({ path }) => path.includes(slug));
      expect(root?.projectId).toBe("dir:oh-my-posh");
    }
  });
});
