/** @module Where traces go, and with which headers: from the command line, else from OpenTelemetry's environment variables. */
import { ClewError } from "../../base/error.ts";
import type { Environment } from "../../base/paths.ts";

export const PROTOCOLS = ["http/protobuf", "http/json"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface Destination {
  /** Whole, `/v1/traces` included. */
  readonly url: string;
  /** The same without what may be secret. */
  readonly shown: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PATH = "/v1/traces";
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u;
/** What we say ourselves of a body. */
const OURS = new Set(["content-type", "content-encoding", "content-length", "host", "connection", "transfer-encoding"]);

/**
 * `endpoint` and `headers` are the command line's words; each header `NAME=VALUE`. Null: nobody named an endpoint. Throws
 * `usage`; a header's value never stands in a message.
 */
export function destinationFrom(
  endpoint: string | undefined,
  headers: readonly string[],
  env: Environment,
): Destination | null {
  const given = endpoint ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!given) return null;
  const source = endpoint === undefined ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "--endpoint";
  const url = urlOf(given, source);
  const path = url.pathname.replace(/\/+$/u, "");
  url.pathname = path.endsWith(PATH) ? path : path + PATH;
  const pairs = new Map<string, string>();
  for (const text of (env.OTEL_EXPORTER_OTLP_HEADERS ?? "").split(",")) {
    if (text.trim() === "") continue;
    const [name, value] = pairOf(text, "OTEL_EXPORTER_OTLP_HEADERS");
    pairs.set(name, decoded(value));
  }
  for (const text of headers) pairs.set(...pairOf(text, "--header"));
  for (const name of pairs.keys())
    if (OURS.has(name)) throw new ClewError("usage", `the header ${name} is decided by the request itself`);
  return { url: url.href, shown: url.origin + url.pathname, headers: Object.fromEntries(pairs) };
}

function urlOf(text: string, source: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ClewError("usage", `${source} takes a URL such as http://127.0.0.1:4318`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new ClewError("usage", `${source} takes an http or https URL: OTLP over gRPC is not spoken here`);
  if (url.username !== "" || url.password !== "")
    throw new ClewError(
      "usage",
      `${source} must not hold a password: give it as a header, e.g. in OTEL_EXPORTER_OTLP_HEADERS`,
    );
  url.hash = "";
  return url;
}

function pairOf(text: string, source: string): readonly [string, string] {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim().toLowerCase();
  const value = text.slice(at + 1).trim();
  if (at < 1 || !HEADER_NAME.test(name)) throw new ClewError("usage", `${source} takes NAME=VALUE`);
  if (/[\r\n\0]/u.test(value)) throw new ClewError("usage", `${source}: the value of ${name} holds a line break`);
  return [name, value];
}

/** As it stands where it is no percent-encoding. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
