/** @module `clew session`: the sessions that run now, and sessions that scripts make. */
import type { ArgsDef } from "citty";
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";

interface SubCommand {
  readonly flags: readonly (keyof typeof FLAGS)[];
  /** Most operands after its own name. */
  readonly most: number;
  readonly load: () => Promise<(invocation: Invocation) => Promise<number>>;
}

const FLAGS = {
  name: { type: "string", description: "start: what the session is called", valueHint: "TEXT" },
  trigger: { type: "string", description: "start: what set it off, e.g. cron", valueHint: "TEXT" },
  tag: { type: "string", description: "start: a word to find it by; may be repeated", valueHint: "TAG…" },
  parent: {
    type: "string",
    description: "start: the session that started it, when it is not the one around",
    valueHint: "ID",
  },
  export: { type: "boolean", description: "start: print lines for `eval` that put children into the session" },
  type: { type: "string", description: "event: its type, e.g. deploy.done; default log", valueHint: "TYPE" },
  severity: { type: "string", description: "event: debug, info, warn or error", valueHint: "WORD" },
  data: { type: "string", description: "event: a JSON object", valueHint: "JSON" },
  session: { type: "string", description: "event: the session, when it is not the one around", valueHint: "ID" },
  status: { type: "string", description: "end: completed or failed", valueHint: "STATUS" },
  result: { type: "string", description: "end: what came out, in a few words", valueHint: "TEXT" },
  report: { type: "string", description: "end: a JSON report from a file, or - for standard input", valueHint: "FILE" },
  summary: { type: "string", description: "end: what the session did", valueHint: "TEXT" },
  task: { type: "string", description: "end: a task that was completed; may be repeated", valueHint: "TEXT…" },
  learning: { type: "string", description: "end: something that was learned; may be repeated", valueHint: "TEXT…" },
  decision: { type: "string", description: "end: something that was decided; may be repeated", valueHint: "TEXT…" },
  next: { type: "string", description: "end: a next step; may be repeated", valueHint: "TEXT…" },
  focus: { type: "string", description: "end: what the project is at", valueHint: "TEXT" },
  ...JSON_FLAG,
} as const satisfies ArgsDef;

const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  which: { flags: [], most: 0, load: async () => (await import("./session/which.ts")).whichCommand },
  list: { flags: [], most: 0, load: async () => (await import("./session/list.ts")).listCommand },
  start: {
    flags: ["name", "trigger", "tag", "parent", "export"],
    most: 0,
    load: async () => (await import("./session/start.ts")).startCommand,
  },
  event: {
    flags: ["type", "severity", "data", "session"],
    most: Number.POSITIVE_INFINITY,
    load: async () => (await import("./session/event.ts")).eventCommand,
  },
  end: {
    flags: ["status", "result", "report", "summary", "task", "learning", "decision", "next", "focus"],
    most: 1,
    load: async () => (await import("./session/end.ts")).endCommand,
  },
};

export const sessionCommand: CliCommand = {
  summary: "say which session this runs in (which), list those that run (list), or record one from a script",
  operands: "which | list | start | event MESSAGE… | end [ID]",
  arity: [1, Number.POSITIVE_INFINITY],
  flags: FLAGS,
  examples: [
    "clew session which",
    'eval "$(clew session start --name nightly --trigger cron --export)"',
    'clew session event "backup done" --data \'{"files": 12}\'',
    "clew session end --status failed --result 'disk full'",
    "clew session end --summary 'Fixed the lock' --next 'Release it'",
  ],
  async run(invocation) {
    const [name = "", ...operands] = invocation.operands;
    const names = Object.keys(SUB_COMMANDS);
    const sub = Object.hasOwn(SUB_COMMANDS, name) ? SUB_COMMANDS[name] : undefined;
    if (!sub) {
      const near = closestOf(name, names);
      const hint = near ? `did you mean \`clew session ${near}\`?` : `use ${names.join(", ")}`;
      throw new ClewError("usage", `clew session ${name} is unknown: ${hint}`);
    }
    if (operands.length > sub.most)
      throw new ClewError(
        "usage",
        `clew session ${name} takes ${sub.most === 0 ? "no more words" : "one session"}, found ${operands[sub.most]}`,
      );
    for (const flag of Object.keys(FLAGS) as (keyof typeof FLAGS)[]) {
      const isForeign = flag !== "json" && !sub.flags.includes(flag);
      if (isForeign && invocation.flags[flag] !== undefined && invocation.flags[flag] !== false)
        throw new ClewError("usage", `--${flag} does not go with \`clew session ${name}\``);
    }
    return (await sub.load())({ ...invocation, operands });
  },
};
