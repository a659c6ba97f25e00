/** @module `clew hook`: what agents' hooks run, where only `clew` on PATH is known. */
import { ClewError } from "../../../base/error.ts";
import type { CliCommand } from "../command.ts";

export const hookCommand: CliCommand = {
  summary: "run by agents' hooks: session-start registers a session and prints its context",
  operands: "session-start",
  arity: [1, 1],
  flags: {},
  examples: ["clew hook session-start < body.json"],
  async run({ context, operands }) {
    if (operands[0] !== "session-start")
      throw new ClewError("usage", `clew hook ${operands[0]} is unknown: use session-start`);
    const { runSessionStart } = await import("../../hook/run-session-start.ts");
    await runSessionStart(context.env);
    return 0;
  },
};
