import { describe, expect, test } from "vitest";
import { destinationFrom } from "./endpoint.ts";
import { createSender, retryAfter, type SendOptions } from "./send.ts";

type Step = Response | Error;

/** A receiver that answers from a list, and what it and the pauses saw. */
function bed(steps: readonly Step[]) {
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  const waits: number[] = [];
  const reasons: string[] = [];
  const answers = [...steps];
  const options: SendOptions = {
    fetch: (async (url: string, init: RequestInit) => {
      requests.push({ url, init });
      const step = answers.shift()!;
      if (step instanceof Error) throw step;
      return step;
    }) as typeof fetch,
    pause: async (milliseconds) => {
      waits.push(milliseconds);
    },
    random: () => 1,
    clock: () => Date.UTC(2026, 2, 10, 12),
    userAgent: "clew/0",
    timeoutMs: 1000,
    onRetry: (reason) => reasons.push(reason),
  };
  const destination = destinationFrom("http://127.0.0.1:4318", ["X-Key=secret"], {})!;
  return { send: createSender(destination, options), requests, waits, reasons };
}

const ok = (): Response => new Response("{}", { headers: { "content-type": "application/json" } });
const refused = (status: number, headers: Record<string, string> = {}): Response =>
  new Response("no", { status, headers: { "content-type": "text/plain", ...headers } });
const lost = (): Error => new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
const body = Buffer.from("spans");

describe("createSender()", () => {
  test("sends compressed, follows no redirect, and keeps the caller's headers", async () => {
    const { send, requests } = bed([ok()]);
    expect(await send(body, "application/json")).toMatchObject({ retries: 0, contentType: "application/json" });
    const [{ url, init }] = requests as [(typeof requests)[0]];
    expect(url).toBe("http://127.0.0.1:4318/v1/traces");
    expect(init).toMatchObject({ method: "POST", redirect: "error" });
    expect(init.headers).toMatchObject({
      "x-key": "secret",
      "content-encoding": "gzip",
      "content-type": "application/json",
    });
    expect(
      await new Response(
        new Blob([init.body as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip")),
      ).text(),
    ).toBe("spans");
  });

  test("tries again where a receiver may recover, waiting longer each time", async () => {
    const { send, waits, reasons } = bed([refused(503), refused(502), refused(504), ok()]);
    expect(await send(body, "")).toMatchObject({ retries: 3 });
    expect(waits).toEqual([1000, 2000, 4000]);
    expect(reasons).toEqual(["answered 503", "answered 502", "answered 504"]);
  });

  test("waits as long as it is asked to, in seconds or until a date", async () => {
    const { send, waits } = bed([
      refused(429, { "retry-after": "7" }),
      refused(503, { "retry-after": "Tue, 10 Mar 2026 12:00:09 GMT" }),
      ok(),
    ]);
    await send(body, "");
    expect(waits).toEqual([7000, 9000]);
  });

  test("gives up after some tries, and at once where it is asked to wait too long", async () => {
    await expect(bed(Array.from({ length: 9 }, () => refused(503))).send(body, "")).rejects.toThrow(
      "http://127.0.0.1:4318/v1/traces answered 503: no 6 times",
    );
    const patient = bed([refused(429, { "retry-after": "3600" })]);
    await expect(patient.send(body, "")).rejects.toThrow("asks to wait 3600 s");
    expect(patient.waits).toEqual([]);
  });

  test.each([400, 401, 404, 415, 500])("takes %i for an answer", async (status) => {
    const { send, requests } = bed([refused(status)]);
    await expect(send(body, "")).rejects.toThrow(`answered ${status}: no`);
    expect(requests).toHaveLength(1);
  });

  test("tries a lost connection again only where there had been one", async () => {
    const never = bed([lost()]);
    await expect(never.send(body, "")).rejects.toThrow(
      "cannot send to http://127.0.0.1:4318/v1/traces: connect ECONNREFUSED",
    );
    expect(never.waits).toEqual([]);
    const restarted = bed([ok(), lost(), ok()]);
    await restarted.send(body, "");
    expect(await restarted.send(body, "")).toMatchObject({ retries: 1 });
  });

  test("does not take a redirect for a fault that passes", async () => {
    const { send, requests } = bed([ok(), new TypeError("fetch failed", { cause: new Error("unexpected redirect") })]);
    await send(body, "");
    await expect(send(body, "")).rejects.toThrow("unexpected redirect");
    expect(requests).toHaveLength(2);
  });
});

test("retryAfter() reads what it can", () => {
  expect([retryAfter(null, 0), retryAfter("soon", 0), retryAfter("0", 0), retryAfter(" 12 ", 0)]).toEqual([
    null,
    null,
    0,
    12_000,
  ]);
  expect(retryAfter("Thu, 01 Jan 1970 00:00:00 GMT", 5000)).toBe(0);
});

describe("destinationFrom()", () => {
  test("completes the path, once", () => {
    const url = (text: string) => destinationFrom(text, [], {})?.url;
    expect(url("http://a:4318")).toBe("http://a:4318/v1/traces");
    expect(url("http://a/otlp/")).toBe("http://a/otlp/v1/traces");
    expect(url("http://a/v1/traces")).toBe("http://a/v1/traces");
    expect(url("http://a/x?tenant=1#y")).toBe("http://a/x/v1/traces?tenant=1");
    expect(destinationFrom("http://a/x?tenant=1", [], {})?.shown).toBe("http://a/x/v1/traces");
  });

  test("takes the environment's words, and the command line's over them", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://env",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20a%3D, x-team = web ,",
    };
    expect(destinationFrom(undefined, [], env)).toMatchObject({
      url: "http://env/v1/traces",
      headers: { authorization: "Bearer a=", "x-team": "web" },
    });
    expect(destinationFrom("http://flag", ["X-Team=api=1"], env)).toMatchObject({
      url: "http://flag/v1/traces",
      headers: { "x-team": "api=1" },
    });
    expect(destinationFrom(undefined, [], {})).toBeNull();
  });

  test.each([
    ["no-url", []],
    ["ftp://a", []],
    ["http://user:pass@a", []],
    ["http://a", ["novalue"]],
    ["http://a", ["=x"]],
    ["http://a", ["x=a\nb"]],
    ["http://a", ["Content-Encoding=br"]],
  ] as const)("refuses %s with %j", (endpoint, headers) => {
    expect(() => destinationFrom(endpoint, headers, {})).toThrow(expect.objectContaining({ code: "usage" }));
  });
});
