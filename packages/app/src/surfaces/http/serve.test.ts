import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createApp } from "./app.ts";
import { createAuth } from "./auth.ts";
import { createLiveHub } from "./live.ts";
import { type RunningServer, serveDashboard } from "./serve.ts";
import { emptyQuestions } from "./testing.ts";

const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

const auth = createAuth({ clock: () => Date.now(), secret: new Uint8Array(32) });
async function serve(options: { port?: number; host?: string } = {}): Promise<RunningServer> {
  const server = await serveDashboard({
    appFor: (port) =>
      createApp({ port, questions: emptyQuestions, auth, live: createLiveHub(), assets: new Map(), demo: false }),
    port: 0,
    ...options,
  });
  running.push(server);
  return server;
}

/** Sends bytes as they are and gives the status of the answer. */
function raw(port: number, head: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head.join("\r\n")}\r\nConnection: close\r\n\r\n`));
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("close", () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)));
    socket.on("error", reject);
  });
}

test("what only raw bytes can say is refused: no Host, two Hosts, an absolute target", async () => {
  const { port } = await serve();
  const own = `Host: 127.0.0.1:${port}`;
  for (const path of ["/", "/api/status", "/api/events"]) {
    expect(await raw(port, [`GET ${path} HTTP/1.1`])).toBe(400);
    expect(await raw(port, [`GET ${path} HTTP/1.1`, own, "Host: evil.com"])).toBe(400);
    expect(await raw(port, [`GET ${path} HTTP/1.1`, "Host: evil.com", own])).toBe(400);
    expect(await raw(port, [`GET ${path} HTTP/1.1`, own, own])).toBe(400);
    expect(await raw(port, [`GET http://evil.com${path} HTTP/1.1`, own])).toBe(400);
    expect(await raw(port, [`GET http://127.0.0.1:${port}${path} HTTP/1.1`, "Host: evil.com"])).toBe(403);
    expect(await raw(port, [`GET ${path} HTTP/1.0`])).toBe(400);
  }
  expect(await raw(port, ["GET /api/status HTTP/1.1", own])).toBe(401);
});

test("a wanted port that is taken gives the next free one", async () => {
  const first = await serve();
  const second = await serve({ port: first.port });
  expect(second.port).toBeGreaterThan(first.port);
  expect(second.url).toBe(`http://127.0.0.1:${second.port}`);
});

test.each(["0.0.0.0", "::", "192.168.0.1", "example.com"])(
  "%s is not served: other machines could reach it",
  async (host) => {
    await expect(serve({ host })).rejects.toMatchObject({ code: "usage" });
  },
);

test("an open stream does not hold up the end", async () => {
  const server = await serve();
  const cookie = `clew_${server.port}=${auth.exchange(auth.issueCode())}`;
  const response = await fetch(`${server.url}/api/events`, { headers: { cookie } });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  await server.close();
  running.length = 0;
  await expect(fetch(`${server.url}/`)).rejects.toThrow();
});
