/** @module Subscriptions: which resources a client wants to be told of, by a request for each, or by one that stays open. */
import { type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import type { ResourceWatch } from "./resource-watch.ts";
import type { McpServices } from "./services.ts";

const MOST_OF_ONE = 50;
const LONGEST_URI = 1000;

/** Up to revision 2025-11-25, for as long as the connection or the session lasts. */
export function addSubscriptions(
  { server }: McpServer,
  { watch }: ResourceWatch,
  { onError }: Pick<McpServices, "onError">,
): void {
  const stops = new Map<string, () => void>();
  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    if (uri.length > LONGEST_URI || (stops.size >= MOST_OF_ONE && !stops.has(uri)))
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `at most ${MOST_OF_ONE} subscriptions, to addresses of at most ${LONGEST_URI} characters`,
      );
    if (!stops.has(uri))
      stops.set(
        uri,
        watch([uri], (changed) => void told(changed)),
      );
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    stops.get(uri)?.();
    stops.delete(uri);
    return {};
  });
  const told = (uri: string): Promise<void> => server.sendResourceUpdated({ uri }).catch(onError);
  const before = server.onclose;
  server.onclose = () => {
    for (const stop of stops.values()) stop();
    stops.clear();
    before?.();
  };
}

/** Since 2026-07-28: what a `subscriptions/listen` asks for. Whoever serves the connection answers it. */
export function subscribedUris(message: unknown): readonly string[] {
  const { method, params } = (message ?? {}) as {
    readonly method?: unknown;
    readonly params?: { readonly notifications?: { readonly resourceSubscriptions?: unknown } };
  };
  const uris = method === "subscriptions/listen" ? params?.notifications?.resourceSubscriptions : undefined;
  if (!Array.isArray(uris)) return [];
  return uris.filter((uri) => typeof uri === "string" && uri.length <= LONGEST_URI).slice(0, MOST_OF_ONE);
}
