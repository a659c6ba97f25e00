/** @module A way to a daemon that comes and goes: one address for its clients, which now and then loses an answer on the way back. */
import { createHash } from "node:crypto";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";

export interface LossyProxy {
  readonly url: string;
  /** Where the daemon listens now; null: nobody does. */
  to(url: string | null): void;
  readonly counts: {
    /** Answers of 2xx that its clients got, and those that they did not. */
    accepted: number;
    lost: number;
    /** Requests that no answer came to. */
    failed: number;
  };
  readonly close: () => Promise<void>;
}

export async function startProxy(options: {
  /** Loses the answer of every so-manieth request that the daemon accepted; of the same request no more than once. */
  readonly loseEvery: number;
  /** What becomes of a request while nobody listens: its connection is cut, or it waits. */
  readonly whenAway: "cut" | "wait";
  /** As soon as a request has gone on, before its answer. */
  readonly onRequest?: (number: number) => void;
  /** As soon as the daemon has accepted a request. */
  readonly onAccepted?: (number: number) => void;
}): Promise<LossyProxy> {
  let target: string | null = null;
  let requests = 0;
  let answers = 0;
  const known = new Set<string>();
  const waiting: ((url: string) => void)[] = [];
  const counts = { accepted: 0, lost: 0, failed: 0 };
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", () => {});
    incoming.on("end", () => {
      const sent = Buffer.concat(chunks);
      const failed = (): void => {
        counts.failed++;
        incoming.socket.destroy();
      };
      if (target === null && options.whenAway === "cut") failed();
      else if (target === null) waiting.push((url) => pass(url));
      else pass(target);
      function pass(url: string): void {
        const onward = httpRequest(new URL(incoming.url ?? "", url), {
          method: incoming.method,
          headers: { ...incoming.headers, host: new URL(url).host },
          agent: false,
        });
        onward.on("error", failed);
        onward.on("response", (answer) => {
          const body: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => body.push(chunk));
          answer.on("error", failed);
          answer.on("end", () => {
            const isAccepted = (answer.statusCode ?? 500) < 300;
            const key = createHash("sha256").update(sent).digest("hex");
            if (isAccepted) {
              answers++;
              options.onAccepted?.(answers);
            }
            if (isAccepted && answers % options.loseEvery === 0 && !known.has(key)) {
              known.add(key);
              counts.lost++;
              incoming.socket.destroy();
              return;
            }
            if (isAccepted) counts.accepted++;
            response.writeHead(answer.statusCode ?? 500, answer.headers).end(Buffer.concat(body));
          });
        });
        onward.end(sent, () => {
          requests++;
          options.onRequest?.(requests);
        });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    to(url) {
      target = url;
      if (url !== null) for (const go of waiting.splice(0)) go(url);
    },
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
