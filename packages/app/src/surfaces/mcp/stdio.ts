/** @module The server over standard input and output, for the client that started it. */
import { finished, PassThrough, type Readable, type Writable } from "node:stream";
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type Transport,
} from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { createMcpServer, type McpServerOptions } from "./server.ts";

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/** What is still being answered when the input ends gets so long. Milliseconds. */
const PATIENCE_MS = 5000;

/** Serves until the input ends or `stopped` resolves. Nothing but the protocol goes to `output`. */
export async function serveOverStdio(
  options: McpServerOptions,
  { input, output }: StdioStreams,
  stopped: Promise<void>,
): Promise<void> {
  const { transport, ended } = answeringTransport({ input, output });
  const { services } = options;
  const handle = serveStdio(() => createMcpServer(options), { transport, onerror: services.onError });
  await Promise.race([ended, stopped]);
  await handle.close();
}

/**
 * The SDK's transport gives up what it has not answered when its input ends. A script that pipes its questions in ends the
 * input at once: here the end waits for the answers.
 */
function answeringTransport({ input, output }: StdioStreams): { transport: Transport; ended: Promise<void> } {
  const fed = input.pipe(new PassThrough(), { end: false });
  const inner = new StdioServerTransport(fed, output);
  const open = new Set<string | number>();
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let isOver = false;
  const endIfDone = (): void => {
    if (isOver && open.size === 0) end();
  };
  const over = (): void => {
    isOver = true;
    // What has come is read in the turns after this one.
    setImmediate(() => setImmediate(endIfDone));
    setTimeout(end, PATIENCE_MS).unref();
  };
  finished(input, { writable: false }, over);
  const transport: Transport = {
    async start() {
      inner.onmessage = (message) => {
        if (isJSONRPCRequest(message)) open.add(message.id);
        // Nobody waits for its answer any more.
        else if (isJSONRPCNotification(message) && message.method === "notifications/cancelled")
          open.delete(message.params?.requestId as string | number);
        transport.onmessage?.(message);
      };
      inner.onerror = (error) => transport.onerror?.(error);
      await inner.start();
    },
    async send(message) {
      await inner.send(message);
      if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
        if (message.id !== undefined) open.delete(message.id);
        endIfDone();
      }
    },
    async close() {
      await inner.close();
      transport.onclose?.();
    },
  };
  inner.onclose = over;
  return { transport, ended };
}
