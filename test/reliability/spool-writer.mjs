/**
 * @module Puts numbered events into a spool until told to stop, and keeps two lists: `sent`, before each one, and
 * `acknowledged`, once the spool has it. Arguments: data directory, name of the writer, its directory, milliseconds
 * between two events. Ends when a file `stop` stands beside its lists, or after CLEW_TEST_EVENTS events.
 */
import { randomUUID } from "node:crypto";
import { existsSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { writeSpoolRecord } from "../../packages/app/dist/spool/spool-directory.js";

const [home = "", name = "", directory = "", pause = "0"] = process.argv.slice(2);
const durable = process.env.CLEW_DURABILITY === "strict";
const session = randomUUID();
const most = Number(process.env.CLEW_TEST_EVENTS ?? Number.POSITIVE_INFINITY);
const lists = {
  sent: openSync(join(directory, `${name}.sent`), "a"),
  ok: openSync(join(directory, `${name}.ok`), "a"),
};

function note(list, text) {
  writeSync(list, `${text}\n`);
  if (!durable) fdatasyncSync(list);
}

/** Every tenth is larger than what is kept in a row, every fiftieth fills many of the database's pages. */
function padding(number) {
  const bytes = number % 50 === 0 ? 60_000 : number % 10 === 0 ? 5000 : 40;
  return Array.from({ length: Math.ceil(bytes / 36) }, () => randomUUID()).join("");
}

function hookRecord(n, number) {
  const event =
    number % 3 === 0
      ? { hook_event_name: "Notification", message: `the kiln is warm ${n}`, notification_type: "idle_prompt" }
      : {
          hook_event_name: number % 3 === 1 ? "PreToolUse" : "PostToolUse",
          tool_name: "Bash",
          tool_use_id: `toolu_${name}_${number - (number % 3)}`,
          tool_input: { command: `fire ${number}` },
          ...(number % 3 === 2 && { tool_response: { stdout: "fired", interrupted: false } }),
        };
  const body = { session_id: session, cwd: "/home/ada/kiln", n, ...event, padding: padding(number) };
  return { kind: "hook", fields: { at: String(Date.now()), pid: "4242" }, body: Buffer.from(JSON.stringify(body)) };
}

function ownRecord(n, number) {
  const record = {
    v: 1,
    ts: new Date().toISOString(),
    id: randomUUID(),
    correlation_id: `0123456789abcdef:${session}`,
    type: "log",
    severity: "info",
    message: `the kiln is warm ${n}`,
    data: { n, padding: padding(number) },
  };
  return { kind: "event", fields: {}, body: Buffer.from(JSON.stringify(record)) };
}

for (let number = 1; number <= most && !existsSync(join(directory, "stop")); number++) {
  const n = `${name}-${number}`;
  const record = (number % 2 === 0 ? hookRecord : ownRecord)(n, number);
  note(lists.sent, n);
  writeSpoolRecord(join(home, "spool"), record, { durable });
  note(lists.ok, n);
  await new Promise((resolve) => setTimeout(resolve, Number(pause)));
}
