import { expect, test } from "vitest";
import type { Place } from "../model/place.ts";
import { belongsTo } from "./scope.ts";

const place = (workspacePath: string, remote: string | null): Place => ({
  workspaceId: `id of ${workspacePath}`,
  workspacePath,
  workspaceName: "web",
  projectId: remote ?? "dir:web",
  projectName: "web",
  remote,
});
const key = (workspace_path: string) => ({ workspace_id: `id of ${workspace_path}`, workspace_path });

test("with a remote every working copy belongs to the project", () => {
  expect(belongsTo(place("/home/ada/web", "git.test/web"), key("/tmp/copy"))).toBe(true);
});

test.each([
  ["/home/ada/web", true],
  ["/home/ada/web/.claude/worktrees/one", true],
  ["/home/ada", true],
  ["/home/ada/website", false],
  ["/home/bob/web", false],
])("without one, %s belongs to /home/ada/web: %s", (path, belongs) => {
  expect(belongsTo(place("/home/ada/web", null), key(path))).toBe(belongs);
});
