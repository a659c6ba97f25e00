/** @module The workspace is the one that the rest of Clew finds, and reading another's has to be meant. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  configure,
  currentWorkspace,
  discoverWorkspace,
  requireWorkspace,
  WorkspaceError,
  withSession,
} from "./index.ts";
import { startRecording } from "./testing.ts";

interface WorkspaceRule {
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly links: Readonly<Record<string, string>>;
  readonly homes: readonly string[];
  readonly workspaces: Readonly<Record<string, { readonly is: string; readonly global: boolean }>>;
  readonly ids: Readonly<Record<string, string>>;
}

const rule = JSON.parse(
  readFileSync(new URL("../../../fixtures/workspaces.json", import.meta.url), "utf8"),
) as WorkspaceRule;
const root = realpathSync(mkdtempSync(join(tmpdir(), "clew-sdk-workspaces-")));
for (const path of rule.directories) mkdirSync(join(root, path), { recursive: true });
for (const path of rule.files) writeFileSync(join(root, path), "");
for (const [path, to] of Object.entries(rule.links)) symlinkSync(join(root, to), join(root, path));

const home = join(root, "home");
const project = join(home, "project");
const recorder = startRecording({ env: { HOME: home } });
afterEach(() => recorder.clear());

test.each(rule.homes)("is what the rest of Clew finds, with the home directory %s", (name) => {
  configure({ env: { HOME: join(root, name) } });
  for (const [path, { is, global: isGlobal }] of Object.entries(rule.workspaces))
    expect([path, discoverWorkspace(join(root, path))]).toMatchObject([path, { path: join(root, is), isGlobal }]);
  for (const [path, id] of Object.entries(rule.ids))
    expect(discoverWorkspace(path)).toEqual({ id, path, isGlobal: true });
  configure({ env: { HOME: home } });
});

test("what no file system could hold is a workspace of its own, too", () => {
  for (const path of ["", "a\0b", "x".repeat(5000)]) expect(discoverWorkspace(path).id).toMatch(/^[0-9a-f]{16}$/);
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
  configure({ cwd: () => join(home, "notes", "today") });
  expect(() => requireWorkspace()).toThrow(/no workspace/);
  expect(requireWorkspace(undefined, { acrossWorkspaces: true }).isGlobal).toBe(true);
});
