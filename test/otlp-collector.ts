/** @module A receiver of OTLP over HTTP for tests: keeps what it is sent, and answers as it is told. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export interface Collected {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Uncompressed. */
  readonly body: Buffer;
}

export interface Collector {
  readonly url: string;
  readonly requests: readonly Collected[];
  readonly close: () => Promise<void>;
}

/** `answer` writes the response; by default an acceptance in the request's own encoding. */
export async function startCollector(
  answer: (request: Collected, response: ServerResponse, number: number) => void = accept,
): Promise<Collector> {
  const requests: Collected[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const raw = Buffer.concat(chunks);
      const body = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
      const request = { path: incoming.url ?? "", headers: incoming.headers, body };
      requests.push(request);
      answer(request, response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function accept({ headers }: Collected, response: ServerResponse): void {
  const type = headers["content-type"] ?? "application/json";
  response.writeHead(200, { "content-type": type }).end(type.includes("json") ? "{}" : "");
}
