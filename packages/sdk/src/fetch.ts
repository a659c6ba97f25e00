/** @module Any `fetch`, with the calls that go to a model's API written to an interaction logger. */
import { parseJson } from "./anthropic-message.ts";
import { ENDPOINTS, type Endpoint, endpointOf } from "./endpoints.ts";
import type { OpenInteraction } from "./interaction.ts";
import type { InteractionLogger } from "./interaction-logger.ts";
import { guard } from "./problems.ts";
import { requestIdIn } from "./request-id.ts";
import { readEvents } from "./server-sent-events.ts";
import { observeStream, type StreamObserver, tapReadable } from "./stream-assembler.ts";
import { modelOf } from "./tap-call.ts";
import { asObject } from "./token-usage.ts";

export type Fetch = typeof globalThis.fetch;

export interface LogFetchOptions {
  /** Default: the global one, as it is when a call is made. */
  readonly fetch?: Fetch;
  /** Default: Anthropic, OpenAI and those that copy it, Gemini. */
  readonly endpoints?: readonly Endpoint[];
}

/** More of an answer is not read along. */
const LONGEST_ANSWER = 16 * 1024 * 1024;

function addressOf(input: Parameters<Fetch>[0]): string {
  return typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
}

/** What is asked, where it is a text; other bodies are only read by whoever they are meant for. */
async function bodyOf(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): Promise<unknown> {
  if (typeof init?.body === "string") return parseJson(init.body);
  if (init?.body instanceof Uint8Array) return parseJson(new TextDecoder().decode(init.body));
  if (init?.body === undefined && input instanceof Request) return parseJson(await input.clone().text());
  return null;
}

/** What the bytes of an answer say, piece by piece. */
function observeBytes(answer: Response, endpoint: Endpoint, call: OpenInteraction): StreamObserver {
  const requestId = requestIdIn(answer.headers);
  const observer = observeStream(call, endpoint.assembler(), () => ({ requestId }));
  const isStream = answer.headers.get("content-type")?.includes("text/event-stream") ?? false;
  const events = readEvents(observer.piece);
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  const end = (): void => {
    const said = parseJson(text);
    if (!answer.ok) call.fail(httpError(answer.status, said), { output: said, requestId });
    else {
      const outcome = guard("adapter", "read an answer", () => endpoint.outcome(said), { output: said });
      call.finish({ ...outcome, requestId });
    }
  };
  return {
    piece(chunk) {
      if (length > LONGEST_ANSWER || !(chunk instanceof Uint8Array)) return;
      const piece = decoder.decode(chunk, { stream: true });
      length += piece.length;
      if (isStream) guard("adapter", "read a piece of a stream", () => events.push(piece), undefined);
      else text += piece;
    },
    end() {
      if (isStream) {
        guard("adapter", "read the end of a stream", events.end, undefined);
        observer.end();
      } else end();
    },
    fail: observer.fail,
  };
}

/** The same answer, whose body is watched while its reader reads it: stopping early still stops the provider. */
function watched(answer: Response, observer: StreamObserver): Response {
  if (!answer.body) {
    observer.end();
    return answer;
  }
  const { status, statusText, headers, url, redirected, type } = answer;
  const same = new Response(tapReadable(answer.body, observer), { status, statusText, headers });
  for (const [name, value] of Object.entries({ url, redirected, type })) {
    Object.defineProperty(same, name, { value, configurable: true, enumerable: true });
  }
  return same;
}

/** Of a refusal, whose body many callers never read, a copy. */
async function followCopy(copy: Response, observer: StreamObserver): Promise<void> {
  try {
    for await (const chunk of copy.body ?? []) observer.piece(chunk);
    observer.end();
  } catch (error) {
    observer.fail(error);
  }
}

function httpError(status: number, said: unknown): Error {
  const { error, message } = asObject(said);
  const reason = asObject(error).message ?? message ?? (typeof error === "string" ? error : "");
  return Object.assign(new Error(`HTTP ${status}${reason ? `: ${String(reason)}` : ""}`), {
    name: "HttpError",
    status,
  });
}

/** A fetch to give to whoever takes one, or to use yourself. Calls to other addresses go straight on. */
export function logFetch(logger: InteractionLogger, { fetch, endpoints = ENDPOINTS }: LogFetchOptions = {}): Fetch {
  return async function fetchAndLog(input, init) {
    const send: Fetch = fetch ?? globalThis.fetch;
    const endpoint = guard("adapter", "look at an address", () => endpointOf(addressOf(input), endpoints), null);
    if (!endpoint) return send(input, init);
    const asked = await bodyOf(input, init).catch(() => null);
    const address = addressOf(input);
    const isStreaming = asObject(asked).stream === true || address.includes(":streamGenerateContent");
    const model = modelOf(asked) ?? /\/models\/([^/:?]+):/.exec(address)?.[1] ?? null;
    const call = logger.start({ provider: endpoint.provider, model, input: asked, isStreaming });
    try {
      const answer = await send(input, init);
      const observe = (): Response => {
        const observer = observeBytes(answer, endpoint, call);
        if (answer.ok) return watched(answer, observer);
        void followCopy(answer.clone(), observer);
        return answer;
      };
      return guard("adapter", "watch an answer", observe, answer);
    } catch (error) {
      call.fail(error);
      throw error;
    }
  };
}
