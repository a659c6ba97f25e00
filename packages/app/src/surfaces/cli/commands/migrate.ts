/** @module `clew migrate`: from a directory of session files to the event store, with both kept alike in between. */
import type { ArgsDef } from "citty";
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";

const FLAGS = {
  workspace: {
    type: "string",
    description: "start: a directory whose sessions are written as files too; may be repeated",
    valueHint: "DIR…",
  },
  prefer: {
    type: "string",
    description: "sync: `store` settles every difference with the store's word",
    valueHint: "store",
  },
  force: { type: "boolean", description: "finish: also with differences" },
  to: { type: "string", description: "rollback: the directory that the files are written to", valueHint: "DIR" },
  ...JSON_FLAG,
} as const satisfies ArgsDef;

interface SubCommand {
  readonly flags: readonly (keyof typeof FLAGS)[];
  readonly isDirectoryNeeded: boolean;
  readonly load: () => Promise<(invocation: Invocation) => Promise<number>>;
}

const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  start: {
    flags: ["workspace"],
    isDirectoryNeeded: true,
    load: async () => (await import("./migrate/start.ts")).startCommand,
  },
  status: {
    flags: [],
    isDirectoryNeeded: false,
    load: async () => (await import("./migrate/status.ts")).statusCommand,
  },
  check: { flags: [], isDirectoryNeeded: false, load: async () => (await import("./migrate/check.ts")).checkCommand },
  sync: {
    flags: ["prefer"],
    isDirectoryNeeded: false,
    load: async () => (await import("./migrate/sync.ts")).syncCommand,
  },
  finish: {
    flags: ["force"],
    isDirectoryNeeded: false,
    load: async () => (await import("./migrate/finish.ts")).finishCommand,
  },
  rollback: {
    flags: ["to"],
    isDirectoryNeeded: false,
    load: async () => (await import("./migrate/rollback.ts")).rollbackCommand,
  },
};

export const migrateCommand: CliCommand = {
  summary: "move from a directory of session files to the store: both are kept alike until you finish, or roll back",
  operands: "start DIR | status [DIR] | check [DIR] | sync [DIR] | finish [DIR] | rollback [DIR]",
  arity: [1, 2],
  flags: FLAGS,
  examples: [
    "clew migrate start ~/sessions",
    "clew migrate sync",
    "clew migrate check --json",
    "clew migrate finish",
    "clew migrate rollback --to ~/sessions-again",
  ],
  async run(invocation) {
    const [name = "", ...operands] = invocation.operands;
    const names = Object.keys(SUB_COMMANDS);
    const sub = Object.hasOwn(SUB_COMMANDS, name) ? SUB_COMMANDS[name] : undefined;
    if (!sub) {
      const near = closestOf(name, names);
      const hint = near ? `did you mean \`clew migrate ${near}\`?` : `use ${names.join(", ")}`;
      throw new ClewError("usage", `clew migrate ${name} is unknown: ${hint}`);
    }
    if (sub.isDirectoryNeeded && operands.length === 0)
      throw new ClewError("usage", `clew migrate ${name} needs the directory of the session files`);
    for (const flag of Object.keys(FLAGS) as (keyof typeof FLAGS)[]) {
      const isGiven = invocation.flags[flag] !== undefined && invocation.flags[flag] !== false;
      if (isGiven && flag !== "json" && !sub.flags.includes(flag))
        throw new ClewError("usage", `--${flag} does not go with \`clew migrate ${name}\``);
    }
    return (await sub.load())({ ...invocation, operands });
  },
};
