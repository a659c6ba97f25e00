/** @module Fifty hooks at once, while a reader empties the spool: every event is stored, once, whole and byte by byte. */
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeSpoolRecord } from "../packages/app/src/base/spool-record.ts";
import { listSpool, readSpoolFile, removeSpoolFiles } from "../packages/app/src/spool/spool-directory.ts";
import { isWhole, newHome, observeScript } from "./hook-script-runner.ts";

const WRITERS = 50;
const EVENTS = 20;

/** What the writers' shells pipe into the hook, in pieces, as a client might. */
function bodyOf(writer: number, event: number, filler: string): string {
  return `{"hook_event_name":"PostToolUse","tool_use_id":"toolu_${writer}_${event}","tool_response":"${filler}"}`;
}

/** Runs one writer's events one after the other; resolves with the exit statuses that were not 0, and all output. */
function startWriter(writer: number, home: string, filler: string): Promise<string> {
  const loop = `
    event=0
    while [ $event -lt ${EVENTS} ]; do
      { printf '{"hook_event_name":"PostToolUse","tool_use_id":"toolu_${writer}_%d","tool_response":"' $event
        cat "$1"; printf '"}'; } | sh '${observeScript}' || echo "ended with $?"
      event=$((event + 1))
    done`;
  const child = spawn("sh", ["-c", loop, "sh", filler], {
    env: { PATH: process.env.PATH, CLEW_HOME: home, CLEW_SPOOL_MAX_KB: "10000000" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(said));
  });
}

test.each([
  ["2 KB", 2000],
  ["300 KB", 300_000],
])("events of %s", async (_, bytes) => {
  const home = newHome();
  const spool = join(home, "spool");
  const filler = "ä\\n🧶 x".repeat(Math.ceil(bytes / 11));
  const file = join(mkdtempSync(join(tmpdir(), "clew-filler-")), "filler");
  writeFileSync(file, filler);
  const stored = new Map<string, number>();
  const wrong: string[] = [];

  /** Takes what is whole, as the daemon does; the rest is still being written. */
  const drain = (): void => {
    const { names, problems } = listSpool(spool);
    wrong.push(...problems);
    const taken = names.filter((name) => {
      const record = decodeSpoolRecord(readSpoolFile(spool, name)?.bytes ?? Buffer.alloc(0));
      if (!record || !isWhole(record.body)) return false;
      const text = record.body.toString("utf8");
      const [, writer, event] = /"toolu_(\d+)_(\d+)"/.exec(text) ?? [];
      if (text !== bodyOf(Number(writer), Number(event), filler)) wrong.push(`${name} is mixed up`);
      const key = `${writer} ${event}`;
      stored.set(key, (stored.get(key) ?? 0) + 1);
      return true;
    });
    removeSpoolFiles(spool, taken);
  };

  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => startWriter(writer, home, file)));
  const timer = setInterval(drain, 20);
  const said = await writers.finally(() => clearInterval(timer));
  drain();
  expect(said.filter(Boolean)).toEqual([]);
  expect(wrong).toEqual([]);
  expect(listSpool(spool)).toEqual({ names: [], problems: [] });
  expect(stored.size).toBe(WRITERS * EVENTS);
  expect([...stored.values()].filter((times) => times !== 1)).toEqual([]);
});
