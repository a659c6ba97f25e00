/** @module OpenTelemetry's receiver: POST /v1/traces, /v1/logs and /v1/metrics, answered once everything stands on disk. */
import { createHash, timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import {
  exportResponse,
  OTLP_LIMITS,
  type OtlpEncoding,
  type OtlpLimits,
  type OtlpSignal,
  otlpEncoding,
  readOtlpRequest,
  statusBody,
} from "../../../sources/otlp/read-request.ts";
import type { ServerEnv } from "../env.ts";

export interface OtlpReceiver {
  /** What `Authorization: Bearer` has to show; null: nothing has to be shown. */
  readonly token: string | null;
  /**
   * Makes items durable. `bodies`: spool records' bodies of kind "otlp", each a JSON list. Answers what the exporter is
   * told where that cannot be done now: it will send the same again, and what already stands makes the same events.
   */
  readonly accept: (bodies: readonly Buffer[]) => OtlpBusy | undefined | Promise<OtlpBusy | undefined>;
  readonly limits?: OtlpLimits;
}

export interface OtlpBusy {
  readonly status: 429 | 503;
  readonly retryAfterSeconds: number;
}

/** Items and characters of one record of the spool: the daemon reads a record as a whole. */
const ITEMS_PER_RECORD = 5000;
const CHARACTERS_PER_RECORD = 16 * 1024 * 1024;
/** Requests that are being received or wait, and bytes of their bodies; more are asked to come back. */
const MOST_WAITING = 32;
const MOST_WAITING_BYTES = 128 * 1024 * 1024;
const BUSY: OtlpBusy = { status: 429, retryAfterSeconds: 1 };
const FAILED: OtlpBusy = { status: 503, retryAfterSeconds: 5 };

/** `onError` is told of what failed on our side; the exporter only hears that it should try again. */
export function otlpRoutes(receiver: OtlpReceiver, onError?: (error: unknown) => void): Hono<ServerEnv> {
  const limits = receiver.limits ?? OTLP_LIMITS;
  const isAllowed = tokenCheck(receiver.token);
  const line = waitingLine();
  const routes = new Hono<ServerEnv>();
  for (const signal of ["traces", "logs", "metrics"] as const) {
    routes.post(`/${signal}`, async (c) => {
      const encoding = otlpEncoding(c.req.header("content-type"));
      const answer = encoding ?? "application/json";
      if (!isAllowed(c.req.header("authorization"))) {
        const isMissing = c.req.header("authorization") === undefined;
        const why = isMissing ? "an Authorization header is needed" : "the token is not this daemon's";
        return refuse(c, answer, 401, `${why}: \`clew otel env\` prints it`);
      }
      if (!encoding) return refuse(c, answer, 415, "Content-Type is application/json or application/x-protobuf");
      const place = line.enter();
      if (!place) return busy(c, encoding, BUSY);
      try {
        return await receive(c, signal, encoding, place);
      } catch (error) {
        onError?.(error);
        return busy(c, encoding, FAILED);
      } finally {
        place.leave();
      }
    });
  }
  return routes;

  async function receive(c: Context<ServerEnv>, signal: OtlpSignal, encoding: OtlpEncoding, place: Place) {
    const contentEncoding = c.req.header("content-encoding");
    const most = contentEncoding === undefined ? limits.bytes : limits.compressedBytes;
    const body = await readBody(c, most, place.take);
    if (body === "too large") return refuse(c, encoding, 413, `more than ${most} bytes`);
    if (body === "busy") return busy(c, encoding, BUSY);
    // One after the other: unpacked bodies and their items are many times larger than what waits.
    return place.turn(async () => {
      const request = { signal, contentType: c.req.header("content-type"), contentEncoding, body };
      const read = await readOtlpRequest(request, limits);
      if ("status" in read) return refuse(c, encoding, read.status, read.message);
      const isBusy = read.items.length > 0 ? await receiver.accept(recordBodies(read.items)) : undefined;
      if (isBusy) return busy(c, encoding, isBusy);
      const bytes = exportResponse(signal, encoding, read.rejected, read.message);
      return c.body(bytes, 200, { "Content-Type": encoding });
    });
  }
}

function refuse(c: Context, encoding: OtlpEncoding, status: 400 | 401 | 413 | 415, message: string): Response {
  return c.body(statusBody(encoding, message), status, { "Content-Type": encoding });
}

function busy(c: Context, encoding: OtlpEncoding, { status, retryAfterSeconds }: OtlpBusy): Response {
  const message = status === 429 ? "too many requests wait" : "this cannot be stored now";
  return c.body(statusBody(encoding, message), status, {
    "Content-Type": encoding,
    "Retry-After": String(Math.max(1, Math.ceil(retryAfterSeconds))),
  });
}

/** Compares in constant time. Programs that do not decode the header's environment variable send the blank as %20. */
function tokenCheck(token: string | null): (header: string | undefined) => boolean {
  if (token === null) return () => true;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const wanted = digest(token);
  return (header) => timingSafeEqual(digest(/^Bearer(?: +|%20)(\S+)$/i.exec(header ?? "")?.[1] ?? ""), wanted);
}

/** `take`: asked before each part; false: too many bytes wait already. */
async function readBody(
  c: Context<ServerEnv>,
  most: number,
  take: (bytes: number) => boolean,
): Promise<Buffer | "too large" | "busy"> {
  if (Number(c.req.header("content-length") ?? 0) > most) return "too large";
  const { body } = c.req.raw;
  if (!body) return Buffer.alloc(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > most) return "too large";
    if (!take(part.length)) return "busy";
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

interface Place {
  take(bytes: number): boolean;
  /** Runs it when all that came to their turn before are done. */
  turn<T>(run: () => Promise<T>): Promise<T>;
  leave(): void;
}

/** Who is being received or waits. */
function waitingLine(): { enter(): Place | null } {
  let waiting = 0;
  let waitingBytes = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    enter() {
      if (waiting >= MOST_WAITING) return null;
      waiting++;
      let own = 0;
      return {
        take(bytes) {
          if (waitingBytes + bytes > MOST_WAITING_BYTES) return false;
          waitingBytes += bytes;
          own += bytes;
          return true;
        },
        turn(run) {
          const result = last.then(run);
          last = result.catch(() => {});
          return result;
        },
        leave() {
          waiting--;
          waitingBytes -= own;
        },
      };
    },
  };
}

/** Items as bodies of spool records, none of them too large to be read at once. */
function recordBodies(items: readonly string[]): readonly Buffer[] {
  const bodies: Buffer[] = [];
  let from = 0;
  while (from < items.length) {
    let to = from;
    let size = 0;
    while (to < items.length && to - from < ITEMS_PER_RECORD && (to === from || size < CHARACTERS_PER_RECORD)) {
      size += items[to]!.length;
      to++;
    }
    bodies.push(Buffer.from(`[${items.slice(from, to).join(",")}]`));
    from = to;
  }
  return bodies;
}
