/** @module `clew graph`: what is known, as entities with observations and relations between them. */
import type { ArgsDef } from "citty";
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, type Invocation, JSON_FLAG } from "../command.ts";

interface SubCommand {
  readonly flags: readonly string[];
  /** Fewest and most operands after its own name. */
  readonly arity: readonly [number, number];
  /** Its operands, as an error names them. */
  readonly operands: string;
  readonly load: () => Promise<(invocation: Invocation) => Promise<number>>;
}

const ANY = Number.POSITIVE_INFINITY;
const FLAGS = {
  type: { type: "string", description: "add: what kind of thing it is", valueHint: "WORD" },
  observation: {
    type: "string",
    description: "add: something that is known of it; may be repeated",
    valueHint: "TEXT…",
    alias: "o",
  },
  new: {
    type: "boolean",
    description: "add: a thing of its own, though one is known whose name differs in letter case",
  },
  limit: { type: "string", description: "search: most entities; default 20", valueHint: "N", alias: "n" },
  session: { type: "string", description: "the session that it is written down in", valueHint: "ID" },
  ...JSON_FLAG,
} as const satisfies ArgsDef;

const edit = async () => await import("./graph/edit.ts");
const show = async () => await import("./graph/show.ts");
const files = async () => await import("./graph/files.ts");
const WRITING = ["session", "json"];

const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  add: {
    flags: ["type", "observation", "new", ...WRITING],
    arity: [1, 1],
    operands: "NAME",
    load: async () => (await edit()).addEntity,
  },
  observe: { flags: WRITING, arity: [2, ANY], operands: "NAME and TEXT…", load: async () => (await edit()).observe },
  forget: { flags: WRITING, arity: [2, ANY], operands: "NAME and TEXT…", load: async () => (await edit()).forget },
  relate: { flags: WRITING, arity: [3, 3], operands: "FROM TYPE TO", load: async () => (await edit()).relate },
  unrelate: { flags: WRITING, arity: [3, 3], operands: "FROM TYPE TO", load: async () => (await edit()).unrelate },
  rename: { flags: WRITING, arity: [2, 2], operands: "NAME and NEW-NAME", load: async () => (await edit()).rename },
  merge: { flags: WRITING, arity: [2, 2], operands: "NAME and INTO", load: async () => (await edit()).merge },
  delete: { flags: WRITING, arity: [1, 1], operands: "NAME", load: async () => (await edit()).deleteOne },
  undelete: { flags: WRITING, arity: [1, 1], operands: "NAME", load: async () => (await edit()).undelete },
  undo: { flags: WRITING, arity: [1, 1], operands: "NAME", load: async () => (await edit()).undo },
  show: { flags: ["json"], arity: [1, 1], operands: "NAME", load: async () => (await show()).showEntity },
  search: { flags: ["limit", "json"], arity: [0, ANY], operands: "", load: async () => (await show()).searchEntities },
  history: { flags: ["json"], arity: [1, 1], operands: "NAME", load: async () => (await show()).entityHistory },
  export: { flags: [], arity: [0, 1], operands: "FILE", load: async () => (await files()).exportGraph },
  import: { flags: WRITING, arity: [1, 1], operands: "FILE", load: async () => (await files()).importGraphFile },
};

export const graphCommand: CliCommand = {
  summary: "what is known: entities, observations, relations; exchanged with the MCP memory server's file",
  operands:
    "add NAME | observe NAME TEXT… | forget NAME TEXT… | relate FROM TYPE TO | unrelate FROM TYPE TO | rename NAME NEW | merge NAME INTO | delete NAME | undelete NAME | undo NAME | show NAME | search [WORDS…] | history NAME | export [FILE|-] | import FILE|-",
  arity: [1, ANY],
  flags: FLAGS,
  examples: [
    'clew graph add billing --type service -o "Refunds are idempotent since 2.4"',
    "clew graph relate billing uses postgres",
    "clew graph show billing",
    "clew graph export memory.jsonl",
  ],
  async run(invocation) {
    const [name = "", ...operands] = invocation.operands;
    const names = Object.keys(SUB_COMMANDS);
    const sub = Object.hasOwn(SUB_COMMANDS, name) ? SUB_COMMANDS[name] : undefined;
    if (!sub) {
      const near = closestOf(name, names);
      const hint = near ? `did you mean \`clew graph ${near}\`?` : `use ${names.join(", ")}`;
      throw new ClewError("usage", `clew graph ${name} is unknown: ${hint}`);
    }
    const [fewest, most] = sub.arity;
    if (operands.length < fewest) throw new ClewError("usage", `clew graph ${name} needs ${sub.operands}`);
    if (operands.length > most)
      throw new ClewError("usage", `clew graph ${name} takes no more words, found ${operands[most]}`);
    for (const flag of Object.keys(FLAGS)) {
      const isForeign = !sub.flags.includes(flag);
      if (isForeign && invocation.flags[flag] !== undefined && invocation.flags[flag] !== false)
        throw new ClewError("usage", `--${flag} does not go with \`clew graph ${name}\``);
    }
    return (await sub.load())({ ...invocation, operands });
  },
};
