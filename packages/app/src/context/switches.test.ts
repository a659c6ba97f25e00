import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { partsOf, switchedOff, switchedOffBy } from "./switches.ts";

let workspace: string;
beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), "clew-switch-")));
});
afterEach(() => rmSync(workspace, { recursive: true }));

describe("what a start gets", () => {
  test.each([
    [null, "all"],
    ["startup", "all"],
    ["clear", "all"],
    ["something new", "all"],
    ["compact", "state"],
    ["resume", "nothing"],
    ["fork", "nothing"],
  ])("from %s: %s", (source, parts) => {
    expect(partsOf(source, false)).toBe(parts);
    expect(partsOf(source, true)).toBe("nothing");
  });
});

describe("switched off", () => {
  test.each(["off", "OFF", "0", "false", "no", " off "])("by CLEW_CONTEXT=%s", (value) => {
    expect(switchedOff({ CLEW_CONTEXT: value }, workspace)).toContain("CLEW_CONTEXT");
  });

  test.each(["on", "1", "", undefined])("but not by CLEW_CONTEXT=%s", (value) => {
    expect(switchedOff({ CLEW_CONTEXT: value }, workspace)).toBeNull();
  });

  test.each([".clew/off", ".clew/no-context", ".claude/clew-off"])("by %s in the workspace, whatever it is", (name) => {
    mkdirSync(join(workspace, name, ".."), { recursive: true });
    symlinkSync("/nowhere", join(workspace, name));
    expect(switchedOff({}, workspace)).toContain(join(workspace, name));
    rmSync(join(workspace, name));
    writeFileSync(join(workspace, name), "");
    expect(switchedOff({ CLEW_CONTEXT: "on" }, workspace)).toContain(join(workspace, name));
  });

  test("by the settings: the workspace's own word goes over the general one", () => {
    expect(switchedOffBy({ enabled: true, workspaces: {} }, workspace)).toBeNull();
    expect(switchedOffBy({ enabled: false, workspaces: {} }, workspace)).toBe("the settings switch it off");
    expect(switchedOffBy({ enabled: true, workspaces: { [workspace]: false } }, workspace)).toContain(workspace);
    expect(switchedOffBy({ enabled: false, workspaces: { [workspace]: true } }, workspace)).toBeNull();
    expect(switchedOffBy({ enabled: true, workspaces: { "/elsewhere": false } }, workspace)).toBeNull();
    const link = `${workspace}-link`;
    symlinkSync(workspace, link);
    expect(switchedOffBy({ enabled: true, workspaces: { [`${link}/`]: false } }, workspace)).not.toBeNull();
    rmSync(link);
  });
});
