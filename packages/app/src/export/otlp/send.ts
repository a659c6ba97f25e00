/** @module One request of spans to a receiver: compressed, tried again when it is asked to wait, never redirected. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ClewError } from "../../base/error.ts";
import type { Destination } from "./endpoint.ts";

export interface SendOptions {
  readonly fetch: typeof fetch;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds UTC. */
  readonly clock: () => number;
  readonly userAgent: string;
  /** Ends a request that hangs; milliseconds. */
  readonly timeoutMs: number;
  /** Each wait before another try, with its reason. */
  readonly onRetry: (reason: string, waitMs: number) => void;
}

export interface Received {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Tries beyond the first. */
  readonly retries: number;
}

const compress = promisify(gzip);
/** Statuses after which OTLP's specification lets a client try again. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const MOST_TRIES = 6;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** A receiver that wants to be left alone for longer is not waited for. */
const LONGEST_ASKED_MS = 300_000;
/** Of an answer that explains a refusal, characters. */
const MOST_REASON = 300;

/** A sender that knows whether its receiver has ever been there: only then is a lost connection worth another try. */
export function createSender(
  destination: Destination,
  options: SendOptions,
): (body: Uint8Array, contentType: string) => Promise<Received> {
  let hasAnswered = false;

  async function once(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Response | Error> {
    try {
      return await options.fetch(destination.url, {
        method: "POST",
        redirect: "error",
        headers: {
          "user-agent": options.userAgent,
          ...destination.headers,
          "content-type": contentType,
          "content-encoding": "gzip",
        },
        body,
        signal: AbortSignal.timeout(options.timeoutMs),
      });
    } catch (error) {
      return error as Error;
    }
  }

  return async (plain, contentType) => {
    const body = new Uint8Array(await compress(plain));
    for (let tries = 1; ; tries++) {
      const answer = await once(body, contentType);
      if (answer instanceof Error) {
        const reason = reasonOf(answer);
        if (!hasAnswered || tries >= MOST_TRIES || /redirect/iu.test(reason))
          throw new ClewError("io", `cannot send to ${destination.shown}: ${reason}`, { cause: answer });
        const wait = backOff(tries, options.random);
        options.onRetry(reason, wait);
        await options.pause(wait);
        continue;
      }
      hasAnswered = true;
      if (answer.ok) {
        const received = new Uint8Array(await answer.arrayBuffer().catch(() => new ArrayBuffer(0)));
        return { contentType: answer.headers.get("content-type") ?? "", body: received, retries: tries - 1 };
      }
      const said = await explanationOf(answer);
      if (!RETRYABLE.has(answer.status))
        throw new ClewError("io", `${destination.shown} answered ${answer.status}${said}${hintFor(answer.status)}`);
      const asked = retryAfter(answer.headers.get("retry-after"), options.clock());
      if (tries >= MOST_TRIES || (asked ?? 0) > LONGEST_ASKED_MS) {
        const wish = asked === null ? "" : `, and asks to wait ${Math.ceil(asked / 1000)} s`;
        throw new ClewError("io", `${destination.shown} answered ${answer.status}${said} ${tries} times${wish}`);
      }
      const wait = asked ?? backOff(tries, options.random);
      options.onRetry(`answered ${answer.status}`, wait);
      await options.pause(wait);
    }
  };
}

/** Doubles each time; the random part keeps senders that failed together from coming back together. */
function backOff(tries: number, random: () => number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

/** Milliseconds from a Retry-After of seconds or of a date; null: it says neither. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/u.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** fetch hides what happened in the cause, and in several causes where a name has several addresses. */
function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return "no answer in time";
  const cause = error.cause as (Error & { readonly errors?: readonly Error[]; readonly code?: string }) | undefined;
  return cause?.errors?.[0]?.message || cause?.message || cause?.code || error.message;
}

async function explanationOf(answer: Response): Promise<string> {
  const type = answer.headers.get("content-type") ?? "";
  const text = await answer.text().catch(() => "");
  if (!/^(text\/plain|application\/json)/u.test(type) || text.trim() === "") return "";
  return `: ${text.trim().replace(/\s+/gu, " ").slice(0, MOST_REASON)}`;
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return " (give its key with --header or OTEL_EXPORTER_OTLP_HEADERS)";
  if (status === 404 || status === 405) return " (does it take OTLP over HTTP there?)";
  if (status === 415) return " (try the other --protocol)";
  return "";
}
