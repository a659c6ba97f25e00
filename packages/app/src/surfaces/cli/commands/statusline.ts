/** @module `clew statusline`: one line for Claude Code's status line. */
import type { CliCommand } from "../command.ts";

export const statuslineCommand: CliCommand = {
  summary: "print one line for Claude Code's status line: model, cost, today's cost, context, who waits",
  operands: "",
  arity: [0, 0],
  flags: {},
  examples: ["clew statusline < status.json"],
  async run({ context }) {
    const { runStatusline } = await import("../../hook/run-statusline.ts");
    await runStatusline(context.env);
    return 0;
  },
};
