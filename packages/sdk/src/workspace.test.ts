/** @module The workspace is the one that the rest of Clew finds, and reading another's has to be meant. */
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createPlaceResolver } from "../../app/src/place/place.ts";
import {
  configure,
  currentWorkspace,
  discoverWorkspace,
  requireWorkspace,
  WorkspaceError,
  withSession,
} from "./index.ts";
import { startRecording } from "./testing.ts";

const home = realpathSync(mkdtempSync(join(tmpdir(), "clew-sdk-home-")));
const project = join(home, "project");
mkdirSync(join(project, ".git"), { recursive: true });
mkdirSync(join(project, "packages", "inner", ".claude"), { recursive: true });
mkdirSync(join(project, "src"));
mkdirSync(join(home, ".claude"));
mkdirSync(join(home, "elsewhere"));
symlinkSync(project, join(home, "link"));
const recorder = startRecording({ env: { HOME: home } });
afterEach(() => recorder.clear());

test.each(["project", "project/src", "project/packages/inner", "link/src"])("%s", (path) => {
  const here = join(home, path);
  const { workspaceId, workspacePath } = createPlaceResolver(home)(here, "");
  expect(discoverWorkspace(here)).toEqual({ id: workspaceId, path: workspacePath, isGlobal: false });
});

test("a directory of no project belongs to the user's own workspace; so does one that is gone", () => {
  const global = { path: home, isGlobal: true };
  expect(discoverWorkspace(join(home, "elsewhere"))).toMatchObject(global);
  expect(discoverWorkspace(home)).toMatchObject(global);
  expect(discoverWorkspace(join(home, "gone", "for", "good"))).toMatchObject(global);
  expect(discoverWorkspace(home).id).toBe(createPlaceResolver(home)(home, "").workspaceId);
});

test("without a home there still is one", () => {
  configure({ env: {}, cwd: () => "/" });
  expect(currentWorkspace().id).toMatch(/^[0-9a-f]{16}$/);
  configure({ env: { HOME: home }, cwd: () => project });
});

test("requireWorkspace refuses another workspace unless it is asked for", () => {
  const inner = join(project, "packages", "inner");
  const own = discoverWorkspace(project);
  const other = discoverWorkspace(inner);
  expect(requireWorkspace()).toEqual(own);
  expect(requireWorkspace(own.id).id).toBe(own.id);
  expect(requireWorkspace(`${own.id}:some-session`).id).toBe(own.id);
  expect(requireWorkspace(join(project, "src"))).toEqual(own);
  for (const wanted of [inner, other.id, `${other.id}:x`]) {
    expect(() => requireWorkspace(wanted)).toThrow(WorkspaceError);
    expect(requireWorkspace(wanted, { acrossWorkspaces: true }).id).toBe(other.id);
  }
  withSession({ workspace: inner }, () => {
    expect(requireWorkspace()).toEqual(other);
    expect(() => requireWorkspace(own.id)).toThrow(/is not the current workspace/);
  });
  configure({ cwd: () => join(home, "elsewhere") });
  expect(() => requireWorkspace()).toThrow(/no workspace/);
  expect(requireWorkspace(undefined, { acrossWorkspaces: true }).isGlobal).toBe(true);
});
