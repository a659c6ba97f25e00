/** @module A proxy that shows the daemon's token for a client that cannot, and lets everything else through as it came. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface TokenProxy {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A Host or an Origin that names the proxy becomes the daemon's; any other is the client's attempt, and stays. */
export async function startTokenProxy(target: string, headers: Readonly<Record<string, string>>): Promise<TokenProxy> {
  const daemon = new URL(target);
  const server = createServer((incoming, answer) => {
    const { port } = server.address() as AddressInfo;
    const own = [`127.0.0.1:${port}`, `localhost:${port}`];
    const { host, origin } = incoming.headers;
    const outgoing = request({
      host: daemon.hostname,
      port: daemon.port,
      path: incoming.url,
      method: incoming.method,
      headers: {
        ...incoming.headers,
        ...headers,
        ...(host !== undefined && own.includes(host) && { host: daemon.host }),
        ...(origin !== undefined && own.includes(origin.replace("http://", "")) && { origin: daemon.origin }),
      },
    });
    outgoing.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on("error", () => answer.destroy());
    answer.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${daemon.pathname}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
