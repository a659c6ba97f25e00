/** @module Where this program is gets noted whole, for its owner alone, only when it changed, and never at a command's cost. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { noteProgram, programFile } from "./program-file.ts";

let root: string;
let env: { readonly CLEW_HOME: string };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "clew-program-"));
  env = { CLEW_HOME: join(root, "data") };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const text = (): string => readFileSync(programFile(env), "utf8");

test("names node and the program that a user starts, in a directory of its own", () => {
  noteProgram(env);
  const [node, program, end, ...more] = text().split("\n");
  expect([node, end, more]).toEqual([process.execPath, "", []]);
  expect(program).toMatch(/packages\/app\/bin\/clew\.js$/);
  expect(readFileSync(program!, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect([lstatSync(env.CLEW_HOME).mode & 0o777, lstatSync(programFile(env)).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(readdirSync(env.CLEW_HOME)).toEqual(["program"]);
});

test("is written again only when it changed", () => {
  const place = { node: "/opt/node", program: "/opt/clew.js" };
  noteProgram(env, place);
  const { ino } = statSync(programFile(env));
  noteProgram(env, place);
  expect(statSync(programFile(env)).ino).toBe(ino);
  noteProgram(env, { ...place, node: "/opt/node 24" });
  expect(text()).toBe("/opt/node 24\n/opt/clew.js\n");
  chmodSync(programFile(env), 0o644);
  noteProgram(env, { ...place, node: "/opt/node 24" });
  expect(lstatSync(programFile(env)).mode & 0o777).toBe(0o600);
});

test("takes a link's place, and leaves what it leads to", () => {
  mkdirSync(env.CLEW_HOME);
  writeFileSync(join(root, "elsewhere"), "theirs");
  symlinkSync(join(root, "elsewhere"), programFile(env));
  noteProgram(env);
  expect(lstatSync(programFile(env)).isFile()).toBe(true);
  expect(readFileSync(join(root, "elsewhere"), "utf8")).toBe("theirs");
});

test("says nothing that its reader would take for something else", () => {
  noteProgram(env, { node: "node", program: "/opt/clew.js" });
  noteProgram(env, { node: "/opt/node", program: "/opt/a\nb/clew.js" });
  noteProgram(env, { node: "/opt/node", program: "/opt/clew.js" }, "win32");
  expect(readdirSync(root)).toEqual([]);
});

test("never throws, and leaves nothing behind", () => {
  mkdirSync(programFile(env), { recursive: true });
  noteProgram(env);
  expect(readdirSync(env.CLEW_HOME)).toEqual(["program"]);
  const file = join(root, "file");
  writeFileSync(file, "");
  noteProgram({ CLEW_HOME: file });
  noteProgram({ CLEW_HOME: join(file, "below") });
  expect(readFileSync(file, "utf8")).toBe("");
});
