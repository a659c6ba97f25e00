/** @module `clew state`: what the project's next session starts with. */
import { ClewError } from "../../../base/error.ts";
import { closestOf } from "../../../query/filter/closest.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";

const SAVING = ["focus", "next", "todo", "clear", "report"];

export const stateCommand: CliCommand = {
  summary: "what the project's next session starts with: focus, next steps, todos",
  operands: "show | save | approve",
  arity: [1, 1],
  flags: {
    focus: { type: "string", description: "save: what the project is at", valueHint: "TEXT" },
    next: { type: "string", description: "save: a next step; may be repeated", valueHint: "TEXT…" },
    todo: { type: "string", description: "save: an open todo; may be repeated", valueHint: "TEXT…" },
    clear: { type: "boolean", description: "save: empty what is not given" },
    report: {
      type: "string",
      description: "save: focus, next_steps and todos as JSON from a file, or - for standard input",
      valueHint: "FILE",
    },
    yes: { type: "boolean", description: "approve: do not ask", alias: "y" },
    ...JSON_FLAG,
  },
  examples: [
    "clew state show",
    "clew state save --focus 'the lock' --next 'test it on macOS' --next 'release it'",
    "clew state save --clear",
    "clew state approve",
  ],
  async run(invocation) {
    const { flags, operands } = invocation;
    const [name = ""] = operands;
    if (name === "save") {
      if (flags.yes) throw new ClewError("usage", "--yes belongs to `clew state approve`");
      return (await import("./state/save.ts")).saveCommand(invocation);
    }
    if (name !== "show" && name !== "approve") {
      const near = closestOf(name, ["show", "save", "approve"]);
      throw new ClewError(
        "usage",
        `clew state ${name} is unknown: ${near ? `did you mean ${near}?` : "use show, save or approve"}`,
      );
    }
    const extra = SAVING.find((flag) => flags[flag] !== undefined && flags[flag] !== false);
    if (extra) throw new ClewError("usage", `--${extra} belongs to \`clew state save\``);
    if (name === "approve") return (await import("./state/approve.ts")).approveCommand(invocation);
    if (flags.yes) throw new ClewError("usage", "--yes belongs to `clew state approve`");
    return (await import("./state/show.ts")).showCommand(invocation);
  },
};
