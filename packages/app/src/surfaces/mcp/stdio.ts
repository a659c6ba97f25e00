/** @module The server over standard input and output, for the client that started it. */
import { finished, PassThrough, type Readable, type Writable } from "node:stream";
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type McpRequestContext,
  type McpServer,
  type ProtocolEra,
  type RequestId,
  type Transport,
} from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { resourceWatch } from "./resource-watch.ts";
import { createMcpServer, type McpServerOptions } from "./server.ts";
import { subscribedUris } from "./subscriptions.ts";

export interface StdioStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/** What is still being answered when the input ends gets so long. Milliseconds. */
const PATIENCE_MS = 5000;
const LISTEN = "subscriptions/listen";

/** Serves until the input ends or `stopped` resolves. Nothing but the protocol goes to `output`. */
export async function serveOverStdio(
  options: McpServerOptions,
  { input, output }: StdioStreams,
  stopped: Promise<void>,
): Promise<void> {
  const { services } = options;
  const watch = options.watch ?? resourceWatch(services);
  let current: { readonly era: ProtocolEra; readonly server: McpServer } | null = null;
  const listening = new Map<RequestId, () => void>();
  const { transport, ended } = answeringTransport({ input, output }, (message) => {
    // The SDK answers this request and lets through what the server says of changes: here somebody begins to look for them.
    if (isListening(message)) {
      listening.get(message.id)?.();
      listening.set(message.id, watch.watch(subscribedUris(message), tellOf));
    }
    const cancelled = cancelledBy(message);
    if (cancelled === undefined) return;
    listening.get(cancelled)?.();
    listening.delete(cancelled);
  });
  const tellOf = (uri: string): void => {
    if (current?.era === "modern") current.server.server.sendResourceUpdated({ uri }).catch(services.onError);
  };
  const serve = ({ era }: McpRequestContext): McpServer => {
    const server = createMcpServer({ ...options, watch });
    current = { era, server };
    return server;
  };
  const handle = serveStdio(serve, { transport, onerror: services.onError });
  await Promise.race([ended, stopped]);
  await handle.close();
  watch.close();
}

/** A request that stays open, to be told of changes. */
function isListening(message: JSONRPCMessage): message is JSONRPCRequest {
  return isJSONRPCRequest(message) && message.method === LISTEN;
}

/** The request that nobody waits for any more. */
function cancelledBy(message: JSONRPCMessage): RequestId | undefined {
  if (!isJSONRPCNotification(message) || message.method !== "notifications/cancelled") return undefined;
  return message.params?.requestId as RequestId | undefined;
}

/**
 * The SDK's transport gives up what it has not answered when its input ends. A script that pipes its questions in ends the
 * input at once: here the end waits for the answers.
 */
function answeringTransport(
  { input, output }: StdioStreams,
  seen: (message: JSONRPCMessage) => void,
): { transport: Transport; ended: Promise<void> } {
  const fed = input.pipe(new PassThrough(), { end: false });
  const inner = new StdioServerTransport(fed, output);
  const open = new Set<RequestId>();
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
        const cancelled = cancelledBy(message);
        if (cancelled !== undefined) open.delete(cancelled);
        else if (isJSONRPCRequest(message) && message.method !== LISTEN) open.add(message.id);
        seen(message);
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
