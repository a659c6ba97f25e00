/** @module `clew otel env`: the environment in which a program sends its OpenTelemetry to the running daemon. */
import { ClewError } from "../../../base/error.ts";
import { oneOf } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";

const PROTOCOLS = ["http/protobuf", "http/json"] as const;
const PROGRAMS = ["claude", "any"] as const;

export const otelCommand: CliCommand = {
  summary: "let programs send their OpenTelemetry to the daemon: env prints the variables that do it",
  operands: "env",
  arity: [1, 1],
  flags: {
    for: {
      type: "string",
      description: "claude or any: variables of Claude Code too, or of any program",
      valueHint: "PROGRAM",
    },
    protocol: { type: "string", description: `${PROTOCOLS.join(" or ")} (default ${PROTOCOLS[0]})`, valueHint: "NAME" },
    ...JSON_FLAG,
  },
  examples: [
    'eval "$(clew otel env)" && claude',
    "clew otel env --for any --protocol http/json",
    "clew otel env --json",
  ],
  run(invocation) {
    oneOf("otel", invocation.operands[0], ["env"], "env");
    return printEnvironment(invocation);
  },
};

async function printEnvironment({ context, flags }: Invocation): Promise<number> {
  const { env, out } = context;
  const protocol = choice("protocol", textFlag(flags, "protocol"), PROTOCOLS);
  const program = choice("for", textFlag(flags, "for"), PROGRAMS);
  const { otlpAccess } = await import("../../../daemon/otlp-access.ts");
  const access = await otlpAccess(env);
  if (!access) throw new ClewError("not_found", "no daemon is running: `clew daemon start` starts one");
  const { endpoint, token } = access;
  const variables = {
    ...(program === "claude" && { CLAUDE_CODE_ENABLE_TELEMETRY: "1", CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "1" }),
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    // The specification wants the blank encoded; Claude Code's documentation writes it as it is.
    ...(token && { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer${program === "claude" ? " " : "%20"}${token}` }),
  };
  if (flags.json) out.json({ endpoint, protocol, token, variables });
  else for (const [name, value] of Object.entries(variables)) out.line(`export ${name}=${quoted(value)}`);
  return 0;
}

function choice<T extends string>(flag: string, given: string | undefined, allowed: readonly [T, ...T[]]): T {
  if (given === undefined) return allowed[0];
  const known = allowed.find((name) => name === given);
  if (!known) throw new ClewError("usage", `--${flag} is ${allowed.join(" or ")}`);
  return known;
}

function quoted(value: string): string {
  return /^[\w./:%=+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
