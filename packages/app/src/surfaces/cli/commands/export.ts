/** @module `clew export`: sessions for other programs. */
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";
import { FILTER_FLAGS } from "../filter-flags.ts";

const KINDS: Readonly<Record<string, () => Promise<(invocation: Invocation) => Promise<number>>>> = {
  otlp: async () => (await import("./export/otlp.ts")).exportOtlp,
};

export const exportCommand: CliCommand = {
  summary: "send sessions as OpenTelemetry traces to a collector, Jaeger, Tempo, … (otlp)",
  operands: "otlp [SESSION…]",
  arity: [1, Number.POSITIVE_INFINITY],
  flags: {
    endpoint: {
      type: "string",
      description: "where OTLP over HTTP is taken; default OTEL_EXPORTER_OTLP_ENDPOINT",
      valueHint: "URL",
    },
    output: { type: "string", description: "a file instead, or - : a request in JSON a line", valueHint: "FILE" },
    protocol: { type: "string", description: "http/protobuf (default) or http/json", valueHint: "NAME" },
    header: {
      type: "string",
      description: "goes with each request, besides OTEL_EXPORTER_OTLP_HEADERS; may be repeated",
      valueHint: "NAME=VALUE…",
    },
    content: {
      type: "boolean",
      description: "take along what was said: prompts, answers, arguments, results; as it stands, nothing is redacted",
    },
    ...FILTER_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    "clew export otlp 7f3a --endpoint http://127.0.0.1:4318",
    "clew export otlp --since 7d --project web --endpoint https://tempo.example --header 'authorization=Bearer …'",
    "clew export otlp --since 1d --output traces.jsonl",
  ],
  async run(invocation) {
    const [kind = "", ...operands] = invocation.operands;
    const load = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (!load) {
      const names = Object.keys(KINDS);
      const near = closestOf(kind, names);
      const hint = near ? `did you mean \`clew export ${near}\`?` : `use ${names.join(", ")}`;
      throw new ClewError("usage", `clew export ${kind} is unknown: ${hint}`);
    }
    return (await load())({ ...invocation, operands });
  },
};
