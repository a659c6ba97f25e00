/** @module The workspace of a directory is what the examples say that the SDK is tested against, too. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createPlaceResolver } from "./place.ts";

const rule = JSON.parse(
  readFileSync(new URL("../../../../fixtures/workspaces.json", import.meta.url), "utf8"),
) as WorkspaceRule;

interface WorkspaceRule {
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly links: Readonly<Record<string, string>>;
  readonly homes: readonly string[];
  readonly workspaces: Readonly<Record<string, { readonly is: string; readonly global: boolean }>>;
  readonly ids: Readonly<Record<string, string>>;
}

const root = realpathSync(mkdtempSync(join(tmpdir(), "clew-workspaces-")));
for (const path of rule.directories) mkdirSync(join(root, path), { recursive: true });
for (const path of rule.files) writeFileSync(join(root, path), "");
for (const [path, to] of Object.entries(rule.links)) symlinkSync(join(root, to), join(root, path));

test.each(rule.homes)("with the home directory %s", (home) => {
  const place = createPlaceResolver(join(root, home));
  for (const [path, { is }] of Object.entries(rule.workspaces))
    expect([path, place(join(root, path), "").workspacePath]).toEqual([path, join(root, is)]);
  for (const [path, id] of Object.entries(rule.ids)) expect([path, place(path, "").workspaceId]).toEqual([path, id]);
});
