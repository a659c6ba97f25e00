import { expect, test } from "vitest";
import { agentProcess } from "./agent-process.ts";

// 50 lives too, beside them: another terminal's client.
const names: Readonly<Record<number, string>> = {
  50: "claude",
  30: "sh",
  20: "bash",
  10: "claude",
  5: "node",
  1: "init",
};
const parents: Readonly<Record<number, number>> = { 50: 1, 30: 20, 20: 10, 10: 5, 5: 1 };
const processes = { parentOf: (pid: number) => parents[pid] ?? null };
const find = (env: Readonly<Record<string, string>>, parent: number): number =>
  agentProcess(env, parent, processes, (pid) => names[pid] ?? null);

test("the client says which process it is", () => {
  expect(find({ CLAUDE_PID: "10" }, 30)).toBe(10);
  expect(find({ CLAUDE_PID: "10" }, 10)).toBe(10);
  expect(find({ CLAUDE_PID: "5" }, 30)).toBe(5);
  expect(find({ CLAUDE_PID: "20" }, 30)).toBe(20);
});

test("no process is asked about above the one that the client says", () => {
  const asked: number[] = [];
  const parentOf = (pid: number): number | null => {
    asked.push(pid);
    return processes.parentOf(pid);
  };
  expect(agentProcess({ CLAUDE_PID: "10" }, 30, { parentOf }, () => "sh")).toBe(10);
  expect(asked).toEqual([30, 20]);
});

test("processes that go in a circle are left", () => {
  expect(agentProcess({ CLAUDE_PID: "7" }, 30, { parentOf: (pid) => (pid === 30 ? 31 : 30) }, () => "node")).toBe(30);
});

test.each(["", "0", "-5", "1", "x", "4000", "50"])(
  "a CLAUDE_PID of %j is not believed: the first above that is no shell",
  (pid) => {
    expect(find({ CLAUDE_PID: pid }, 30)).toBe(10);
  },
);

test("what is not known is taken as it is", () => {
  expect(find({}, 99)).toBe(99);
  expect(agentProcess({}, 30, { parentOf: () => null }, () => "sh")).toBe(30);
});
