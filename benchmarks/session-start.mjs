/** @module A session's start: registered, its context printed and recorded; and the status line. Against Node's own start. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { corpusConfig, generated, indexed } from "./lib/archives.mjs";
import { medians, root, runClew } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const app = join(root, "packages", "app", "dist", "app");
const small = corpusConfig() ?? generated(300, 90_000).config;
const archive = await indexed(small, "small");

// What starts here writes to its spool and its registry: in a copy, so that the archive stays as it is.
const place = mkdtempSync(join(tmpdir(), "clew-start-"));
const home = join(place, "data");
cpSync(archive, home, { recursive: true });
const busiest = `SELECT w.path FROM sessions s JOIN workspaces w USING (workspace_id) WHERE s.parent_session_id IS NULL
  GROUP BY w.path ORDER BY count(*) DESC, w.path LIMIT 1`;
const cwd = JSON.parse((await runClew(["sql", busiest, "--json"], { home, config: small })).stdout).rows[0].path;
const { HOME: _, CLEW_CONTEXT: __, ...rest } = process.env;
const env = {
  ...rest,
  HOME: place,
  CLEW_HOME: home,
  CLEW_RUNTIME_DIR: join(place, "run"),
  CLEW_NO_DAEMON: "1",
  CLAUDE_PROJECT_DIR: cwd,
  CLAUDE_PID: String(process.pid),
};
const body = JSON.stringify({
  session_id: "00000000-0000-4000-8000-000000000000",
  cwd,
  hook_event_name: "SessionStart",
  source: "startup",
});
const status = JSON.stringify({ model: { display_name: "Model" }, cost: { total_cost_usd: 1.25 }, cwd });

/** Milliseconds from start to exit, and what was printed. */
function timed(args, input) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ["pipe", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => {
      const time = performance.now() - startedAt;
      if (code === 0) resolve({ time, stdout });
      else reject(new Error(`${args[0]} ended with ${code}`));
    });
  });
}

const { stdout: context } = await timed([join(app, "session-start.cjs")], body);
if (!context.startsWith("<clew-context ")) throw new Error(`no context was printed:\n${context}`);
const times = await medians(
  {
    node: async () => (await timed(["-e", "0"], body)).time,
    "session-start, context printed": async () => (await timed([join(app, "session-start.cjs")], body)).time,
    "statusline, one line": async () => (await timed([join(app, "statusline.cjs")], status)).time,
  },
  31,
);
rmSync(place, { recursive: true, force: true });

const yardstick = { name: "node -e 0", value: times.node };
printTable("A session's start, median of 31", [
  {
    what: "session-start, context printed",
    value: times["session-start, context printed"],
    unit: "ms",
    budget: times.node + 40,
    yardstick,
  },
  {
    what: "statusline, one line",
    value: times["statusline, one line"],
    unit: "ms",
    budget: times.node + 10,
    yardstick,
  },
]);
