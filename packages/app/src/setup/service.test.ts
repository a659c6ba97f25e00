import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serviceFile } from "./service-file.ts";
import { prepareSetup } from "./setup.ts";
import { type TestMachine, testMachine } from "./testing.ts";
import { prepareUnsetup } from "./unsetup.ts";

let machine: TestMachine;
let managerCode: number | null;
beforeEach(() => {
  managerCode = 0;
  machine = testMachine(() => managerCode);
});
afterEach(() => machine.remove());

const unit = (): string => join(machine.home, ".config", "systemd", "user", "clew.service");
const agent = (): string => join(machine.home, "Library", "LaunchAgents", "dev.clew.daemon.plist");
const START = ["systemctl --user daemon-reload", "systemctl --user enable --now clew.service"];
const odd = {
  env: { HOME: "/home/ada", CLEW_HOME: '/data/100% "mine" & <yours>$HOME\\x', CLAUDE_CONFIG_DIR: "/a,/b" },
  node: "/opt/my node/100%/node",
  bin: "/opt/$clew/dist/app/bin.js",
  uid: 501,
};

describe("a systemd unit", () => {
  test("quotes every path for systemd", () => {
    const { content, path } = serviceFile({ ...odd, platform: "linux" })!;
    expect(path).toBe("/home/ada/.config/systemd/user/clew.service");
    expect(content).toContain('ExecStart="/opt/my node/100%%/node" "/opt/$$clew/dist/app/bin.js" "daemon" "run"\n');
    expect(content).toContain('Environment="CLEW_HOME=/data/100%% \\"mine\\" & <yours>$HOME\\\\x"\n');
    expect(content).toContain('Environment="CLAUDE_CONFIG_DIR=/a,/b"\n');
    expect(content).toMatch(/^Restart=on-failure$/mu);
    expect(content).toMatch(/^WantedBy=default\.target$/mu);
  });

  test("goes where XDG_CONFIG_HOME says", () => {
    const env = { ...odd.env, XDG_CONFIG_HOME: "/etc/ada" };
    expect(serviceFile({ ...odd, env, platform: "linux" })!.path).toBe("/etc/ada/systemd/user/clew.service");
    const relative = { ...odd.env, XDG_CONFIG_HOME: "ada" };
    expect(serviceFile({ ...odd, env: relative, platform: "linux" })!.path).toContain("/home/ada/.config/");
  });

  test("is written, started, and found again", () => {
    machine.write("{}");
    const { service } = machine.setup({ service: true });
    expect(service).toEqual({ kind: "systemd", path: unit(), changed: true, started: true, message: null });
    expect(machine.calls).toEqual(START);
    expect(readFileSync(unit(), "utf8")).toContain(`"CLEW_HOME=${machine.host.env.CLEW_HOME}"`);
    expect(prepareSetup(machine.host, { statusLine: false, service: true }).isPending).toBe(false);
    writeFileSync(unit(), "[Service]\n");
    machine.setup({ service: true });
    expect(machine.calls.slice(2)).toEqual([...START, "systemctl --user restart clew.service"]);
    machine.unsetup();
    expect(machine.calls.slice(5)).toEqual([
      "systemctl --user disable --now clew.service",
      "systemctl --user daemon-reload",
    ]);
    expect(existsSync(unit())).toBe(false);
    expect(existsSync(join(machine.host.env.CLEW_HOME!, "setup.json"))).toBe(false);
    expect(machine.read()!.toString()).toBe("{}");
  });

  test.each<[string, number | null]>([
    ["missing", null],
    ["failing", 1],
  ])("stays when the manager is %s, and the answer says what to run; the next setup tries again", (_, code) => {
    managerCode = code;
    const { service } = machine.setup({ service: true });
    expect(service).toMatchObject({ changed: true, started: false });
    expect(service!.message).toBe(
      `systemctl --user daemon-reload failed: no bus. The file stays; run by hand:\n  ${START.join("\n  ")}`,
    );
    expect(existsSync(unit())).toBe(true);
    managerCode = 0;
    const prepared = prepareSetup(machine.host, { statusLine: false, service: true });
    expect(prepared.service!.action).toBe("start");
    expect(prepared.apply().service).toMatchObject({ started: true });
    managerCode = code;
    expect(machine.unsetup().service!.message).toMatch(/The file is gone; if the service still runs:/u);
    expect(existsSync(unit())).toBe(false);
  });

  test("is not there unless it is asked for", () => {
    expect(machine.setup().service).toBeNull();
    expect(machine.calls).toEqual([]);
    expect(prepareUnsetup(machine.host, {}).service).toBeNull();
  });

  test("is what systemd accepts, where systemd is installed", () => {
    const verify = spawnSync("systemd-analyze", ["--version"]);
    machine.setup({ service: true }, { node: process.execPath });
    const ran = verify.error
      ? null
      : spawnSync("systemd-analyze", ["--user", "verify", unit()], {
          encoding: "utf8",
          env: { ...process.env, HOME: machine.home, XDG_RUNTIME_DIR: dirname(unit()) },
        });
    if (ran === null) console.log("systemd-analyze is not installed: the unit is not verified");
    expect(ran?.stderr.split("\n").filter((line) => line.includes("clew.service")) ?? []).toEqual([]);
  });
});

describe("a launchd agent", () => {
  const host = () => ({ ...machine.host, platform: "darwin" as const, uid: 501 });

  test("escapes every path for XML", () => {
    const { content } = serviceFile({ ...odd, platform: "darwin" })!;
    expect(content).toContain("<string>/opt/my node/100%/node</string>");
    expect(content).toContain("<string>/opt/$clew/dist/app/bin.js</string>");
    expect(content).toContain('<string>/data/100% "mine" &amp; &lt;yours&gt;$HOME\\x</string>');
    const opened = [...content.matchAll(/<(\w+)[^>/]*>/gu)].map((match) => match[1]).filter((name) => name !== "true");
    const closed = [...content.matchAll(/<\/(\w+)>/gu)].map((match) => match[1]);
    expect(opened.toSorted()).toEqual(closed.toSorted());
  });

  test("is loaded and unloaded", () => {
    prepareSetup(host(), { statusLine: false, service: true }).apply();
    expect(machine.calls).toEqual([`launchctl bootstrap gui/501 ${agent()}`]);
    writeFileSync(agent(), "older");
    prepareSetup(host(), { statusLine: false, service: true }).apply();
    expect(machine.calls.slice(1)).toEqual([
      "launchctl bootout gui/501/dev.clew.daemon",
      `launchctl bootstrap gui/501 ${agent()}`,
    ]);
    prepareUnsetup(host(), {}).apply();
    expect(machine.calls.at(-1)).toBe("launchctl bootout gui/501/dev.clew.daemon");
    expect(existsSync(agent())).toBe(false);
  });
});

test("other systems have no service", () => {
  const host = { ...machine.host, platform: "win32" as const };
  expect(() => prepareSetup(host, { statusLine: false, service: true })).toThrow(/neither/u);
});
