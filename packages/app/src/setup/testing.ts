/** @module A machine for a test: a home with Claude Code's directory, a package with hook scripts, a manager that notes its calls. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCRIPT_FILES } from "./scripts.ts";
import { prepareSetup, type SetupHost, type SetupOutcome, type SetupRequest } from "./setup.ts";
import { prepareUnsetup, type UnsetupOutcome } from "./unsetup.ts";

export interface TestMachine {
  readonly root: string;
  readonly home: string;
  /** Path of settings.json. */
  readonly settings: string;
  readonly host: SetupHost;
  /** Commands that the system's manager was given. */
  readonly calls: string[];
  readonly write: (text: string | Buffer) => void;
  /** Bytes of settings.json; null when there is none. */
  readonly read: () => Buffer | null;
  readonly setup: (request?: Partial<SetupRequest>, more?: Partial<SetupHost>) => SetupOutcome;
  readonly unsetup: (more?: Partial<SetupHost>) => UnsetupOutcome;
  readonly remove: () => void;
}

/** `managerCode` is the exit code of every call of the manager. */
export function testMachine(managerCode: () => number | null = () => 0): TestMachine {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "clew-setup-")));
  const home = join(root, "home of ada");
  const scripts = join(root, "package", "hooks");
  const settings = join(home, ".claude", "settings.json");
  mkdirSync(join(home, ".claude"), { recursive: true });
  mkdirSync(scripts, { recursive: true });
  for (const name of SCRIPT_FILES) writeFileSync(join(scripts, name), `#!/bin/sh\n# ${name}\n`);
  const calls: string[] = [];
  let seconds = 0;
  const host: SetupHost = {
    env: { HOME: home, CLEW_HOME: join(home, "clew") },
    clock: () => Date.UTC(2026, 2, 10, 12) + 1000 * seconds++,
    platform: "linux",
    node: "/usr/bin/node",
    uid: 1000,
    package: {
      scripts,
      bin: "/opt/clew/dist/app/bin.js",
      observeEntry: "/opt/clew/dist/app/observe.js",
      sessionStartEntry: "/opt/clew/dist/app/session-start.cjs",
      statusLineEntry: "/opt/clew/dist/app/statusline.cjs",
    },
    managedSettings: [],
    clientVersion: () => null,
    run(program, words) {
      calls.push([program, ...words].join(" "));
      return { code: managerCode(), output: "no bus" };
    },
  };
  return {
    root,
    home,
    settings,
    host,
    calls,
    write: (text) => writeFileSync(settings, text),
    read: () => (existsSync(settings) ? readFileSync(settings) : null),
    setup: (request, more) =>
      prepareSetup({ ...host, ...more }, { statusLine: false, service: false, ...request }).apply(),
    unsetup: (more) => prepareUnsetup({ ...host, ...more }, {}).apply(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Settings files of many hands, by what is special about them. */
export const WRITTEN_SETTINGS: Readonly<Record<string, string | Buffer | null>> = {
  "no file": null,
  "an empty file": "",
  "only a newline": "\n",
  "blanks without a newline": "   ",
  "only a comment": "// settings will follow",
  "a comment block and a newline": "/* later */\n",
  "an empty object": "{}",
  "an empty object with a newline": "{}\n",
  "an empty object on three lines": "{\n\n}\n",
  "an empty object with a comment": "{\n  // nothing yet\n}\n",
  "a comment that ends in a brace": "{ /* } */ }",
  "two blanks": '{\n  "model": "opus",\n  "permissions": {\n    "allow": ["Bash(ls)"]\n  }\n}\n',
  "four blanks": '{\n    "model": "opus",\n    "permissions": {\n        "deny": []\n    }\n}\n',
  tabs: '{\n\t"model": "opus",\n\t"env": {\n\t\t"A": "1"\n\t}\n}\n',
  "carriage returns": '{\r\n  "model": "opus",\r\n  "hooks": {\r\n    "Stop": []\r\n  }\r\n}\r\n',
  "a byte order mark": '\ufeff{\n  "model": "opus"\n}\n',
  "a byte order mark and carriage returns": '\ufeff{\r\n\t"model": "opus"\r\n}',
  "no newline at the end": '{\n  "model": "opus"\n}',
  "many newlines at the end": '{\n  "model": "opus"\n}\n\n\n',
  "one line": '{"model":"opus","permissions":{"allow":["Bash(ls)"]},"hooks":{"Stop":[]}}',
  "one line with blanks": '{ "model": "opus", "env": { "A": "1" } }\n',
  "comments everywhere":
    '// head\n{ // open\n  /* before */ "model": /* inside */ "opus", // after\n  // own line\n  "env": { // env\n    "A": "1" // last\n  } // end of env\n  // foot\n} // closed\n// tail\n',
  "a comment before the comma": '{\n  "model": "opus" /* why */ ,\n  "env": {} // none\n}\n',
  "a comment with a comma": '{\n  "model": "opus" // , not a comma\n}\n',
  "trailing commas": '{\n  "model": "opus",\n  "permissions": {\n    "allow": ["Bash(ls)",],\n  },\n}\n',
  "trailing commas on one line": '{"model":"opus","hooks":{"Stop":[],},}',
  "hooks for the same events":
    '{\n  "hooks": {\n    "PreToolUse": [\n      {\n        "matcher": "Bash",\n        "hooks": [\n          { "type": "command", "command": "echo hi" }\n        ]\n      }\n    ],\n    "Stop": [{ "hooks": [{ "type": "command", "command": "say done" }] }]\n  },\n  "model": "opus"\n}\n',
  "a group that calls the same script twice":
    '{\n  "hooks": {\n    "Stop": [\n      { "hooks": [{ "type": "command", "command": "x" }, { "type": "command", "command": "x" }] },\n      { "hooks": [{ "type": "command", "command": "x" }] }\n    ]\n  }\n}\n',
  "a group for everything": '{"hooks":{"SessionStart":[{"matcher":"*","hooks":[{"type":"command","command":"./x"}]}]}}',
  "an empty hooks object": '{\n  "hooks": {}\n}\n',
  "an empty hooks object on two lines": '{\n  "hooks": {\n  },\n  "model": "opus"\n}\n',
  "an event with an empty list": '{\n  "hooks": {\n    "Stop": [],\n    "PreToolUse": [\n    ]\n  }\n}\n',
  "an event nobody knows": '{\n  "hooks": {\n    "OnMoonrise": [{ "hooks": [] }],\n    "WorktreeCreate": []\n  }\n}\n',
  "a user's own observe.sh":
    '{\n  "hooks": {\n    "Stop": [\n      { "hooks": [{ "type": "command", "command": "/home/ada/bin/hooks/observe.sh" }] },\n      { "hooks": [{ "type": "command", "command": "/home/ada/observe.sh", "args": ["/home/ada"] }] }\n    ]\n  }\n}\n',
  "groups that are no groups": '{"hooks":{"Stop":[null,1,"x",{},{"hooks":null},{"hooks":[null,{"type":"prompt"}]}]}}',
  "unknown keys": '{\n  "zzz": {"deep": [[[{}]]]},\n  "$schema": "https://example.org/schema.json",\n  "": null\n}\n',
  "keys of the language": '{\n  "__proto__": { "hooks": 1 },\n  "constructor": "x",\n  "toString": null\n}\n',
  "keys written with escapes": '{\n  "\\u0068ooks": { "St\\u006fp": [] },\n  "model": "\\u006fpus"\n}\n',
  "duplicate keys":
    '{\n  "hooks": { "Stop": [1] },\n  "model": "a",\n  "hooks": { "Stop": [], "Stop": [{}] },\n  "model": "b"\n}\n',
  "letters of many languages": '{\n  "env": { "GRÜSSE": "héllo 世界 👩‍💻 \u2028 \u00a0" }\n}\n',
  "numbers written oddly": '{\n  "a": 1.0,\n  "b": 1e3,\n  "c": -0,\n  "d": 9007199254740993\n}\n',
  "hooks somewhere deeper": '{\n  "env": { "hooks": { "Stop": [] } },\n  "x": { "hooks": [] }\n}\n',
  "members several to a line": '{ "a": 1,\n  "b": 2, "c": 3 }\n',
  "an object that opens late": '\n\n  {\n    "model": "opus"\n  }\n',
  "a status line": '{\n  "statusLine": { "type": "command", "command": "~/.claude/line.sh", "padding": 0 }\n}\n',
  "a closing brace on the last line": '{\n  "model": "opus",\n  "hooks": {\n    "Stop": [\n      {}] } }',
  "a huge file": `{\n${Array.from({ length: 5_000 }, (_, index) => `  "key ${index}": { "value": ${index} }`).join(",\n")}\n}\n`,
};
