/** @module Where `clew export otlp` writes to, from its flags and the environment. */
import { ClewError } from "../../../../base/error.ts";
import type { Environment } from "../../../../base/paths.ts";
import { clewVersion } from "../../../../base/version.ts";
import type { Destination } from "../../../../export/otlp/endpoint.ts";
import type { Target } from "../../../../export/otlp/target.ts";
import { listFlag, oneOf } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { duration } from "../../render/formats.ts";

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** A request that takes longer has gone nowhere. Milliseconds. */
const TIMEOUT_MS = 60_000;

/** Throws `usage`, and `io` for a file that cannot be opened. */
export async function targetFrom({ context, flags }: Pick<Invocation, "context" | "flags">): Promise<Target> {
  const { env, clock, out, err, stopped } = context;
  const [output, protocol] = [textFlag(flags, "output"), textFlag(flags, "protocol")];
  const headers = listFlag(flags, "header");
  if (output !== undefined) {
    const other = ["endpoint", "protocol", "header"].find((name) => textFlag(flags, name) !== undefined);
    if (other !== undefined)
      throw new ClewError("usage", `--${other} does not go with --output, which writes JSON lines`);
    if (output === "-" && flags.json)
      throw new ClewError("usage", "--output - and --json would both write to standard output");
    const { fileTarget, lineTarget } = await import("../../../../export/otlp/target.ts");
    if (output !== "-") return fileTarget(output);
    return lineTarget("standard output", (message) => {
      out.record(message);
      return Buffer.byteLength(JSON.stringify(message));
    });
  }
  const { destinationFrom, PROTOCOLS } = await import("../../../../export/otlp/endpoint.ts");
  const chosen = oneOf("protocol", protocol, PROTOCOLS, "http/protobuf");
  const destination = destinationFrom(textFlag(flags, "endpoint"), headers, env);
  if (!destination)
    throw new ClewError(
      "usage",
      "clew export otlp needs --endpoint URL (or OTEL_EXPORTER_OTLP_ENDPOINT), or --output FILE",
    );
  await refuseOurselves(destination, env);
  const { httpTarget } = await import("../../../../export/otlp/target.ts");
  return httpTarget(destination, {
    protocol: chosen,
    fetch: globalThis.fetch,
    pause: (milliseconds) => pause(milliseconds, stopped),
    random: Math.random,
    clock,
    userAgent: `clew/${clewVersion()}`,
    timeoutMs: TIMEOUT_MS,
    onRetry(reason, waitMs) {
      err.clearStatus();
      err.line(`${destination.shown}: ${reason}; trying again in ${duration(waitMs)}`);
    },
    onMessage(message, rejectedSpans) {
      err.clearStatus();
      const what = rejectedSpans > 0 ? `did not accept ${rejectedSpans} spans` : "says";
      err.line(`${destination.shown} ${what}${message === "" ? "" : `: ${message}`}`);
    },
  });
}

/** In a shell in which `clew otel env` was evaluated, the environment's endpoint is the daemon. */
async function refuseOurselves({ url, shown }: Destination, env: Environment): Promise<void> {
  const { hostname, port } = new URL(url);
  if (!LOOPBACK.has(hostname)) return;
  const { otlpAccess } = await import("../../../../daemon/otlp-access.ts");
  const own = await otlpAccess(env).catch(() => null);
  if (own && new URL(own.endpoint).port === port)
    throw new ClewError("usage", `${shown} is Clew's own daemon, which has these sessions: name another --endpoint`);
}

/** Throws when the user wants to stop. */
async function pause(milliseconds: number, stopped: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<"over">((resolve) => {
    timer = setTimeout(() => resolve("over"), milliseconds);
  });
  const ended = await Promise.race([over, stopped]);
  clearTimeout(timer);
  if (ended !== "over") throw new ClewError("io", "stopped before the end");
}
