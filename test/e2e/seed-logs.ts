/**
 * @module A machine on which an agent's command runs a service that logs and calls models, beside lines that belong to
 * nobody, and one session that attacks the page; all of it taken in as the daemon does it.
 */
import { hostname } from "node:os";
import { clewPaths } from "../../packages/app/src/base/paths.ts";
import type { SpoolField } from "../../packages/app/src/base/spool-record.ts";
import { transcriptLines } from "../../packages/app/src/ingest/testing.ts";
import { writeSpoolRecord } from "../../packages/app/src/spool/spool-directory.ts";
import { type LiveMachine, liveMachine } from "./live-machine.ts";
import { PAYLOADS } from "./seed.ts";

export const LOGS = {
  agent: "a1a1a1a1-0000-4000-8000-000000000000",
  orders: "orders-0001",
  mailer: "mailer-0001",
  server: "glaze-server",
  attack: "attack-logs",
  trace: "4bf92f3577b34da6a3ce929d0e0e4736",
  otherTrace: "0af7651916cd43dd8448eb211c80319c",
  strayTrace: "00000000000000000000000000000abc",
} as const;
/** Lines that nothing joins to a session. */
export const STRAY_LINES = 37;
/** Lines of the server, the oldest of all. */
export const SERVER_LINES = 1_500;
/** The agent's command runs from so many seconds ago to so many. */
const COMMAND = { start: 300, end: 280 } as const;

export interface LogMachine extends LiveMachine {
  /** A line of a pino logger, written so many seconds ago. */
  line(fields: Readonly<Record<string, unknown>>, secondsAgo: number, header?: Header): void;
}
type Header = Partial<Record<SpoolField, string>>;

function logMachine(): LogMachine {
  const live = liveMachine();
  const { spool } = clewPaths(live.machine.env);
  let count = 0;
  return {
    ...live,
    line(fields, secondsAgo, header = {}) {
      count++;
      const body = { level: 30, time: Math.round(Date.now() - secondsAgo * 1_000), ...fields };
      writeSpoolRecord(
        spool,
        {
          kind: "log",
          fields: { key: `line-${count}`, offset: String(count), ...header },
          body: Buffer.from(JSON.stringify(body)),
        },
        { name: `${Date.now()}-log-${String(count).padStart(6, "0")}` },
      );
    },
  };
}

/** Everything is taken in when it returns. */
export async function seedLogs(): Promise<LogMachine> {
  const live = logMachine();
  seedAgent(live);
  seedOrders(live);
  seedMailer(live);
  seedServer(live);
  seedStray(live);
  seedAttack(live);
  await live.machine.index({ clock: () => Date.now() });
  live.takeIn();
  return live;
}

function seedAgent({ machine, hook }: LogMachine): void {
  const startedAt = new Date(Date.now() - 310_000).toISOString();
  const lines = transcriptLines(LOGS.agent, { startedAt })
    .title("Sync the glaze orders")
    .prompt("Run the order sync and tell me what failed")
    .answer("I shall run the sync now.")
    .bash("npm run sync-orders", "2 of 14 orders failed")
    .answer("Two orders failed: their glaze is out of stock.");
  const times = [305, 302, COMMAND.start, COMMAND.end, 276];
  let index = 0;
  for (const record of lines.records) {
    if (!("timestamp" in record)) continue;
    record.timestamp = new Date(Date.now() - times[Math.min(index++, times.length - 1)]! * 1_000).toISOString();
  }
  machine.write(`-home-ada-kiln/${LOGS.agent}.jsonl`, lines.text());
  hook("SessionStart", LOGS.agent, { source: "startup" }, 308, { pid: "7001" });
  hook("Notification", LOGS.agent, { message: "Claude is waiting for your input" }, 270);
}

/** By id: every line names the session. */
function seedOrders({ own, line }: LogMachine): void {
  const session = LOGS.orders;
  const said = { name: "orders", service: "kiln-orders", pid: 7002, hostname: "kiln-1", session_id: session };
  const traced = { ...said, trace_id: LOGS.trace, span_id: "00f067aa0ba902b7" };
  own(
    "session.start",
    session,
    {
      name: "Sync orders",
      service: "kiln-orders",
      pid: 7002,
      parent_session_id: LOGS.agent,
      trace_id: LOGS.trace,
      span_id: "00f067aa0ba902b7",
      phase: "sync",
      tags: ["nightly"],
    },
    299,
  );
  line({ ...said, msg: "connected to the order database" }, 298);
  line(
    { ...traced, msg: "asking the model which glaze fits order 1041", order: 1041, customer: { tier: "gold" } },
    297,
  );
  call(own, session, { number: 1, traceId: LOGS.trace, model: "claude-haiku-4-5-20251001" }, 296.5);
  line({ ...traced, level: 40, msg: "the model answered with a glaze that is out of stock", order: 1041 }, 294);
  line(
    {
      ...said,
      level: 50,
      msg: "order 1041 failed",
      err: {
        type: "StockError",
        message: "celadon is out of stock",
        stack:
          "StockError: celadon is out of stock\n    at reserve (/srv/kiln/stock.js:41:9)\n    at sync (/srv/kiln/sync.js:12:3)",
      },
    },
    293,
  );
  for (let index = 0; index < 6; index++)
    line({ ...said, level: 20, msg: `order ${1042 + index} is unchanged` }, 292 - index / 4);
  line({ ...said, msg: "12 orders done, 2 failed" }, 288);
  own("session.end", session, { status: "completed" }, 287);
}

/** By trace and by process: no line names the session. */
function seedMailer({ own, line }: LogMachine): void {
  const session = LOGS.mailer;
  own(
    "session.start",
    session,
    {
      name: "Mail the customers",
      service: "kiln-mailer",
      pid: 7003,
      parent_session_id: LOGS.agent,
      trace_id: LOGS.otherTrace,
    },
    286,
  );
  line({ name: "smtp", service: "kiln-mailer", trace_id: LOGS.otherTrace, msg: "two letters to write" }, 285.5);
  call(
    own,
    session,
    {
      number: 1,
      traceId: LOGS.otherTrace,
      model: "gpt-5-mini",
      error: { name: "RateLimitError", message: "429 too many requests" },
    },
    285,
  );
  call(own, session, { number: 2, traceId: LOGS.otherTrace, model: "gpt-5-mini" }, 284);
  line(
    { name: "smtp", service: "kiln-mailer", pid: 7003, hostname: hostname(), level: 40, msg: "retrying after 429" },
    284.5,
  );
  line({ name: "smtp", service: "kiln-mailer", pid: 7003, hostname: hostname(), msg: "2 letters sent" }, 282);
  own("session.end", session, { status: "completed" }, 281.5);
}

interface Call {
  readonly number: number;
  readonly traceId: string;
  readonly model: string;
  readonly error?: { readonly name: string; readonly message: string };
}

function call(
  own: LogMachine["own"],
  session: string,
  { number, traceId, model, error }: Call,
  secondsAgo: number,
): void {
  own(
    "interaction",
    session,
    {
      file: "logs/llm_interactions/session_20261121_090000.jsonl",
      interaction_id: number,
      provider: model.startsWith("gpt") ? "openai" : "anthropic",
      model,
      request_id: `req_${session}_${number}`,
      trace_id: traceId,
      latency_ms: 1_840,
      ...(error
        ? { error }
        : {
            usage: { input_tokens: 812, output_tokens: 143, cache_read_input_tokens: 2_048 },
            cost: 0.0031,
            time_to_first_token_ms: 420,
            finish_reason: "end_turn",
          }),
    },
    secondsAgo,
  );
}

function seedServer({ own, line }: LogMachine): void {
  own("session.start", LOGS.server, { name: "Glaze server", service: "glaze-server", pid: 7100 }, 4_000);
  for (let index = 0; index < SERVER_LINES; index++) {
    line(
      {
        level: index % 100 === 0 ? 40 : 30,
        name: index % 3 === 0 ? "http" : "catalogue",
        service: "glaze-server",
        session_id: LOGS.server,
        pid: 7100,
        msg: `request ${index} of the glaze catalogue`,
      },
      3_900 - index,
    );
  }
}

function seedStray({ line }: LogMachine): void {
  for (let index = 0; index < STRAY_LINES; index++) {
    line(
      {
        name: "cron",
        service: "night-watch",
        pid: 9_000 + index,
        msg: `nobody's line ${index}`,
        ...(index % 2 === 0 ? { trace_id: LOGS.strayTrace } : {}),
      },
      2_000 - index,
    );
  }
}

/** A name that is a payload may be too long or of several lines for a name: what is left of it must be text as well. */
function seedAttack({ own, line }: LogMachine): void {
  const [script = "", image = ""] = PAYLOADS;
  own("session.start", LOGS.attack, { name: image, service: image, pid: 7200, trace_id: "1".repeat(32) }, 250);
  PAYLOADS.forEach((payload, index) => {
    line(
      {
        level: 50,
        name: payload,
        service: payload,
        hostname: payload,
        session_id: LOGS.attack,
        trace_id: "1".repeat(32),
        msg: `${payload}\n${payload}`,
        [payload]: payload,
        err: { type: payload, message: payload, stack: payload },
      },
      240 - index / 10,
      { path: `/var/log/${payload.replace(/[\n\0]/g, "")}` },
    );
  });
  own(
    "interaction",
    LOGS.attack,
    {
      file: image,
      interaction_id: 1,
      provider: image,
      model: script,
      request_id: image,
      trace_id: "1".repeat(32),
      latency_ms: 10,
      finish_reason: image,
      error: { name: script, message: image },
    },
    239,
  );
}
