/** @module /api/status, and /api/events: server-sent events that a page resumes by the number of the last one it saw. */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { ServerEnv } from "../env.ts";
import { failure } from "../failure.ts";
import type { LiveHub } from "../live.ts";
import { optionalNumberOf } from "../parameters.ts";
import type { Questions } from "../questions.ts";

const MOST_CLIENTS = 16;
const HEARTBEAT_MS = 15_000;
/** A page that falls further behind than this many messages is cut off; it resumes from its last number. */
const LONGEST_QUEUE = 1_000;

export interface LiveRoutesOptions {
  readonly questions: Questions;
  readonly live: LiveHub;
  readonly demo: boolean;
}

export function liveRoutes({ questions, live, demo }: LiveRoutesOptions): Hono<ServerEnv> {
  let clients = 0;
  return new Hono<ServerEnv>()
    .get("/status", (c) => c.json({ demo, seq: live.seq, index: live.lastProgress, ...questions.counts() }))
    .get("/events", (c) => {
      if (clients >= MOST_CLIENTS) return failure(c, 503, "busy", `at most ${MOST_CLIENTS} pages are kept live`);
      const header = c.req.header("last-event-id");
      const resume = header && /^\d{1,16}$/.test(header) ? Number(header) : optionalNumberOf(c, "after");
      clients++;
      let left = false;
      const leave = () => {
        if (!left) clients--;
        left = true;
      };
      return streamSSE(
        c,
        async (stream) => {
          const queue: { id?: string; event: string; data: string }[] = [];
          let wake = () => {};
          const unsubscribe = live.subscribe((message) => {
            queue.push(
              message.kind === "change"
                ? {
                    id: String(message.change.seq),
                    event: "change",
                    data: JSON.stringify({ seq: message.change.seq, sessions: message.change.sessionIds }),
                  }
                : { event: "progress", data: JSON.stringify(message.progress) },
            );
            if (queue.length > LONGEST_QUEUE) stream.abort();
            wake();
          });
          stream.onAbort(() => wake());
          try {
            for (const missed of missedSince(questions, resume))
              await stream.writeSSE({ id: String(missed.seq), event: "change", data: JSON.stringify(missed) });
            await stream.writeSSE({
              event: "hello",
              data: JSON.stringify({ seq: live.seq, index: live.lastProgress }),
            });
            while (!stream.aborted && !stream.closed) {
              const next = queue.shift();
              if (next) await stream.writeSSE(next);
              else if (!(await heartbeatOr((resolve) => (wake = resolve)))) await stream.write(": still here\n\n");
            }
          } finally {
            unsubscribe();
            leave();
          }
        },
        async () => leave(),
      );
    });
}

/** Everything committed after `seq`, a page of changes at a time. */
function* missedSince(questions: Questions, seq: number | undefined) {
  if (seq === undefined) return;
  for (let cursor = seq; ; ) {
    const changes = questions.changesSince(cursor);
    if (changes.sessions.length > 0) yield { seq: changes.seq, sessions: changes.sessions };
    if (!changes.more || changes.seq <= cursor) return;
    cursor = changes.seq;
  }
}

/** True when woken, false when only the heartbeat's time has passed. */
function heartbeatOr(arm: (wake: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), HEARTBEAT_MS);
    timer.unref?.();
    arm(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
