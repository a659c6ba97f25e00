/** @module `clew rebuild`: derives everything again from the event log. */
import { type CliCommand, JSON_FLAG } from "../command.ts";
import { count } from "../render/formats.ts";

export const rebuildCommand: CliCommand = {
  summary: "drop every derived table and the full-text index, and derive them again from the event log",
  operands: "",
  arity: [0, 0],
  flags: { ...JSON_FLAG },
  examples: ["clew rebuild"],
  async run({ context, flags }) {
    const { env, clock, out, err } = context;
    const { runRebuild } = await import("../../../ingest/rebuild-command.ts");
    const answer = await runRebuild({
      env,
      clock,
      onProgress: (done, total) => err.status(`${count(done)} of ${count(total)} events`),
    });
    err.clearStatus();
    if (flags.json) out.json(answer);
    else out.line(`Rebuilt from ${count(answer.events)} events in ${answer.seconds.toFixed(1)} s.`);
    return 0;
  },
};
