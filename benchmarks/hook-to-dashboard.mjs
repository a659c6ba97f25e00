/** @module From an agent's hook to an open dashboard: the hook's script is started, and the page is told of the commit. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clewBin, percentile, root, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const EVENTS = 50;
const PAUSE_MS = 40;
const GIVE_UP_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), "clew-bench-"));
const env = {
  ...process.env,
  HOME: folder,
  CLEW_HOME: join(folder, "data"),
  CLEW_RUNTIME_DIR: join(folder, "run"),
  CLAUDE_CONFIG_DIR: join(folder, "claude"),
  NO_COLOR: "1",
};
const session = "7b1c2d3e-4f50-4a61-8b72-9c83ad94be05";
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const clew = (...words) => runNode([clewBin, ...words], { env });

/** The body of a hook for one tool call. */
function body(index) {
  return JSON.stringify({
    session_id: session,
    transcript_path: join(folder, "claude", "projects", "-web", `${session}.jsonl`),
    cwd: folder,
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_use_id: `toolu_${index}`,
    tool_input: { command: `echo ${index} ${"x".repeat(2000)}` },
  });
}

/** Runs the hook's script as the client does. */
function runHook(text) {
  return new Promise((resolve, reject) => {
    const hook = spawn("/bin/sh", [join(root, "plugin", "hooks", "observe.sh")], {
      env: { PATH: process.env.PATH, CLEW_HOME: env.CLEW_HOME, CLAUDE_PID: String(process.pid) },
      stdio: ["pipe", "ignore", "inherit"],
    });
    hook.once("error", reject).once("exit", resolve);
    hook.stdin.end(text);
  });
}

/** The dashboard's stream of changes, signed in as its page does; `onChange` is called with each commit's sessions. */
async function openDashboard(onChange) {
  const { url, sign_in_url: link } = JSON.parse((await clew("up", "--no-open", "--json")).stdout);
  const exchange = await fetch(`${url}/auth/exchange`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ code: new URL(link).hash.slice("#c=".length) }),
  });
  const cookie = exchange.headers.get("set-cookie").split(";")[0];
  const ended = new AbortController();
  const stream = await fetch(`${url}/api/events`, { headers: { cookie }, signal: ended.signal });
  const read = async () => {
    let text = "";
    for await (const part of stream.body.pipeThrough(new TextDecoderStream())) {
      text += part;
      const messages = text.split("\n\n");
      text = messages.pop();
      for (const message of messages) {
        if (!/^event: change$/m.test(message)) continue;
        onChange(JSON.parse(/^data: (.*)$/m.exec(message)[1]).sessions);
      }
    }
  };
  read().catch(() => {});
  return () => ended.abort();
}

mkdirSync(join(folder, "claude", "projects"), { recursive: true });
await clew("daemon", "start", "--port", "0");
let arrived = () => {};
const close = await openDashboard((sessions) => {
  if (sessions.includes(session)) arrived();
});
try {
  const times = [];
  const hooks = [];
  for (let index = -2; index < EVENTS; index++) {
    const seen = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`event ${index} was not seen`)), GIVE_UP_MS);
      arrived = () => {
        clearTimeout(timer);
        resolve(performance.now());
      };
    });
    const startedAt = performance.now();
    await runHook(body(index));
    const hooked = performance.now();
    const time = (await seen) - startedAt;
    if (index >= 0) {
      times.push(time);
      hooks.push(hooked - startedAt);
    }
    // The daemon's own record about the session's process may follow.
    await pause(index < 0 ? 1500 : PAUSE_MS);
  }
  const yardstick = (percent) => ({ name: "the hook's script alone", value: percentile(hooks, percent) });
  printTable(`Hook to dashboard, ${EVENTS} events of 2 KB`, [
    { what: "p50", value: percentile(times, 50), unit: "ms", yardstick: yardstick(50) },
    { what: "p95", value: percentile(times, 95), unit: "ms", budget: 500, yardstick: yardstick(95) },
  ]);
} finally {
  close();
  await clew("daemon", "stop");
  rmSync(folder, { recursive: true, force: true });
}
