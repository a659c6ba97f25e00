/** @module `clew logs`: find log lines, say which files are read, follow one in the foreground. */
import type { ArgsDef } from "citty";
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";

interface SubCommand {
  readonly flags: readonly string[];
  /** Fewest and most operands after its own name. */
  readonly arity: readonly [number, number];
  readonly load: () => Promise<(invocation: Invocation) => Promise<number>>;
}

const FLAGS = {
  session: { type: "string", description: "find: lines of a session and of all below it", valueHint: "ID" },
  alone: { type: "boolean", description: "find: with --session, only its own lines" },
  level: {
    type: "string",
    description: "find: trace, debug, info, warn, error or fatal; may be repeated",
    valueHint: "LEVEL…",
  },
  service: {
    type: "string",
    description: "name of the program that writes it; find: may be repeated",
    valueHint: "NAME…",
  },
  logger: { type: "string", description: "find: name of the logger; may be repeated", valueHint: "NAME…" },
  uncorrelated: { type: "boolean", description: "find: lines that belong to no session" },
  trace: { type: "string", description: "find: lines of an OpenTelemetry trace", valueHint: "ID" },
  tool: { type: "string", description: "find: lines that ran under a tool call", valueHint: "ID" },
  since: { type: "string", description: "find: from a day, a moment, or 2h, 7d back", valueHint: "TIME" },
  until: { type: "string", description: "find: to a day (included), a moment, or a span back", valueHint: "TIME" },
  context: { type: "string", description: "find: as many lines around each", valueHint: "N", alias: "C" },
  oldest: { type: "boolean", description: "find: oldest first" },
  limit: { type: "string", description: "find: lines to show; default 50", valueHint: "N", alias: "n" },
  cursor: { type: "string", description: "find: where the page before ended", valueHint: "CURSOR" },
  "all-workspaces": { type: "boolean", description: "find: other workspaces' lines too" },
  format: { type: "string", description: "add, watch: its format, where it is not found out", valueHint: "FORMAT" },
  workspace: {
    type: "string",
    description: "add: directory that its sessions belong to; find: only this one's sessions",
    valueHint: "DIR",
  },
  zone: {
    type: "string",
    description: "add, watch: zone of times that name none; default: this machine's",
    valueHint: "ZONE",
  },
  quiet: { type: "boolean", description: "watch: say nothing of our own", alias: "q" },
  ...JSON_FLAG,
} as const satisfies ArgsDef;

const sources = async () => await import("./logs/sources.ts");

const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  find: {
    flags: [
      "session",
      "alone",
      "level",
      "service",
      "logger",
      "uncorrelated",
      "trace",
      "tool",
      "since",
      "until",
      "context",
      "oldest",
      "limit",
      "cursor",
      "workspace",
      "all-workspaces",
      "json",
    ],
    arity: [0, Number.POSITIVE_INFINITY],
    load: async () => (await import("./logs/find.ts")).findLogLines,
  },
  watch: {
    flags: ["service", "format", "zone", "quiet"],
    arity: [0, Number.POSITIVE_INFINITY],
    load: async () => (await import("./logs/watch.ts")).watchLogs,
  },
  add: {
    flags: ["service", "format", "workspace", "zone", "json"],
    arity: [1, 1],
    load: async () => (await sources()).addSource,
  },
  remove: { flags: ["json"], arity: [1, 1], load: async () => (await sources()).removeSource },
  list: { flags: ["json"], arity: [0, 0], load: async () => (await sources()).listSources },
};

export const logsCommand: CliCommand = {
  summary: "find log lines; say which log files are read (add, remove, list); follow one in the foreground (watch)",
  operands: "find [WORDS…] | add PATH | remove PATH | list | watch [PATH…|-]",
  arity: [1, Number.POSITIVE_INFINITY],
  flags: FLAGS,
  examples: [
    "clew logs find timeout --level error --since 2h",
    "clew logs find --session 7f3a",
    "clew logs add /var/log/shop --service shop",
    "clew logs add 'services/**/*.log'",
    "clew logs list",
    "node server.js 2>&1 | clew logs watch --service shop",
  ],
  async run(invocation) {
    const [name = "", ...operands] = invocation.operands;
    const names = Object.keys(SUB_COMMANDS);
    const sub = Object.hasOwn(SUB_COMMANDS, name) ? SUB_COMMANDS[name] : undefined;
    if (!sub) {
      const near = closestOf(name, names);
      const hint = near ? `did you mean \`clew logs ${near}\`?` : `use ${names.join(", ")}`;
      throw new ClewError("usage", `clew logs ${name} is unknown: ${hint}`);
    }
    const [fewest, most] = sub.arity;
    if (operands.length < fewest) throw new ClewError("usage", `clew logs ${name} needs a path`);
    if (operands.length > most)
      throw new ClewError("usage", `clew logs ${name} takes no more words, found ${operands[most]}`);
    for (const flag of Object.keys(FLAGS)) {
      const isForeign = !sub.flags.includes(flag);
      if (isForeign && invocation.flags[flag] !== undefined && invocation.flags[flag] !== false)
        throw new ClewError("usage", `--${flag} does not go with \`clew logs ${name}\``);
    }
    return (await sub.load())({ ...invocation, operands });
  },
};
