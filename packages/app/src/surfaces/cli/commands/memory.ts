/** @module `clew memory`: the agents' memory files, every version of them kept, and brought from and to the disk. */
import type { ArgsDef } from "citty";
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";

interface SubCommand {
  readonly flags: readonly string[];
  /** Fewest and most operands after its own name. */
  readonly arity: readonly [number, number];
  /** What an operand is. */
  readonly operand: string;
  readonly load: () => Promise<(invocation: Invocation) => Promise<number>>;
}

const ANY = Number.POSITIVE_INFINITY;
const FLAGS = {
  "dry-run": { type: "boolean", description: "push, pull, sync, restore: say what would happen, and change nothing" },
  full: { type: "boolean", description: "search: the whole text of each file" },
  project: {
    type: "string",
    description: "search, list, get, history, diff: files of this project, * allowed",
    valueHint: "NAME",
  },
  "all-projects": {
    type: "boolean",
    description: "push, pull, sync, search, list, get, history, diff: files of every project",
  },
  version: { type: "string", description: "get, restore, approve: a version, as `history` shows it", valueHint: "ID" },
  yes: { type: "boolean", description: "approve, restore: do not ask", alias: "y" },
  revoke: { type: "boolean", description: "approve: take your approval of a file back" },
  deleted: { type: "boolean", description: "list: files that were deleted instead" },
  limit: { type: "string", description: "search: most files; default 20", valueHint: "N", alias: "n" },
  session: { type: "string", description: "the session that it is written down in", valueHint: "ID" },
  ...JSON_FLAG,
} as const satisfies ArgsDef;

const moving = async () => await import("./memory/move.ts");
const MOVING = ["dry-run", "all-projects", "session", "json"];

const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  push: { flags: MOVING, arity: [0, ANY], operand: "a path", load: async () => (await moving()).pushMemory },
  pull: { flags: MOVING, arity: [0, ANY], operand: "a path", load: async () => (await moving()).pullMemory },
  sync: { flags: MOVING, arity: [0, ANY], operand: "a path", load: async () => (await moving()).syncMemoryFiles },
  search: {
    flags: ["full", "project", "all-projects", "limit", "json"],
    arity: [1, ANY],
    operand: "words",
    load: async () => (await import("./memory/search.ts")).searchMemoryFiles,
  },
  get: {
    flags: ["version", "project", "all-projects", "json"],
    arity: [1, 1],
    operand: "a path or an id",
    load: async () => (await import("./memory/get.ts")).getMemoryFile,
  },
  history: {
    flags: ["project", "all-projects", "json"],
    arity: [1, 1],
    operand: "a path or an id",
    load: async () => (await import("./memory/history.ts")).memoryFileHistory,
  },
  diff: {
    flags: ["project", "all-projects", "json"],
    arity: [1, 3],
    operand: "a path or an id",
    load: async () => (await import("./memory/diff.ts")).diffMemoryFile,
  },
  restore: {
    flags: ["version", "dry-run", "session", "yes", "json"],
    arity: [1, 1],
    operand: "a path or an id",
    load: async () => (await import("./memory/restore.ts")).restoreMemoryFile,
  },
  approve: {
    flags: ["version", "yes", "revoke", "json"],
    arity: [1, 1],
    operand: "a key, a path or an id",
    load: async () => (await import("./memory/approve.ts")).approveMemoryFile,
  },
  list: {
    flags: ["project", "all-projects", "deleted", "json"],
    arity: [0, 0],
    operand: "",
    load: async () => (await import("./memory/list.ts")).listMemory,
  },
  hook: {
    flags: [],
    arity: [0, 1],
    operand: "the data directory",
    load: async () => (await import("./memory/hook.ts")).memoryHook,
  },
};

export const memoryCommand: CliCommand = {
  summary: "the agents' memory files: keep every version (push), write them back (pull), both (sync), search them",
  operands:
    "push [PATH…] | pull [PATH…] | sync [PATH…] | search WORDS… | get PATH | history PATH | diff PATH [VERSION [OTHER]] | restore PATH | approve KEY | list | hook",
  arity: [1, ANY],
  flags: FLAGS,
  examples: [
    "clew memory sync --dry-run",
    "clew memory search refund window",
    "clew memory history MEMORY.md",
    "clew memory diff MEMORY.md",
    "clew memory restore MEMORY.md --version 3f2a",
    "clew memory approve f-0c41d1f5a2b7",
  ],
  async run(invocation) {
    const [name = "", ...operands] = invocation.operands;
    const names = Object.keys(SUB_COMMANDS);
    const sub = Object.hasOwn(SUB_COMMANDS, name) ? SUB_COMMANDS[name] : undefined;
    if (!sub) {
      const near = closestOf(name, names);
      const hint = near ? `did you mean \`clew memory ${near}\`?` : `use ${names.join(", ")}`;
      throw new ClewError("usage", `clew memory ${name} is unknown: ${hint}`);
    }
    const [fewest, most] = sub.arity;
    if (operands.length < fewest) throw new ClewError("usage", `clew memory ${name} needs ${sub.operand}`);
    if (operands.length > most)
      throw new ClewError("usage", `clew memory ${name} takes no more words, found ${operands[most]}`);
    for (const flag of Object.keys(FLAGS)) {
      const isForeign = !sub.flags.includes(flag);
      if (isForeign && invocation.flags[flag] !== undefined && invocation.flags[flag] !== false)
        throw new ClewError("usage", `--${flag} does not go with \`clew memory ${name}\``);
    }
    return (await sub.load())({ ...invocation, operands });
  },
};
