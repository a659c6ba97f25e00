import { expect, test } from "vitest";
import { agentProcess } from "./agent-process.ts";

const names: Readonly<Record<number, string>> = { 30: "sh", 20: "bash", 10: "claude", 1: "init" };
const parents: Readonly<Record<number, number>> = { 30: 20, 20: 10, 10: 1 };
const processes = { parentOf: (pid: number) => parents[pid] ?? null, isAlive: (pid: number) => pid in names };
const find = (env: Readonly<Record<string, string>>, parent: number): number =>
  agentProcess(env, parent, processes, (pid) => names[pid] ?? null);

test("the client says which process it is", () => {
  expect(find({ CLAUDE_PID: "10" }, 30)).toBe(10);
});

test.each(["", "0", "-5", "1", "x", "4000"])(
  "a CLAUDE_PID of %j is not believed: the first above that is no shell",
  (pid) => {
    expect(find({ CLAUDE_PID: pid }, 30)).toBe(10);
  },
);

test("what is not known is taken as it is", () => {
  expect(find({}, 99)).toBe(99);
  expect(agentProcess({}, 30, { parentOf: () => null, isAlive: () => true }, () => "sh")).toBe(30);
});
