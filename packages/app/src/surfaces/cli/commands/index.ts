/** @module `clew index`: reads what is new in the foreground. */
import { resolve } from "node:path";
import { noteProgram } from "../../../base/program-file.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";
import { progressPrinter } from "../progress.ts";
import { bytes, counted } from "../render/formats.ts";
import { dim } from "../render/piece.ts";

export const indexCommand: CliCommand = {
  summary: "read what is new, with progress, then exit",
  operands: "[PATHS…]",
  arity: [0, Number.POSITIVE_INFINITY],
  flags: { ...JSON_FLAG },
  examples: ["clew index", "clew index ~/backup/.claude"],
  async run({ context, flags, operands }) {
    const { env, clock, out, err } = context;
    noteProgram(env);
    const { runIndex } = await import("../../../ingest/index-command.ts");
    const progress = progressPrinter(err, clock);
    const abort = new AbortController();
    void context.stopped.then(() => abort.abort());
    const answer = await runIndex({
      env,
      clock,
      signal: abort.signal,
      ...(operands.length > 0 && { paths: operands.map((path) => resolve(path)) }),
      onProgress: progress.show,
      onFailure: ({ path, message }) => err.line(`clew: cannot read ${path}: ${message}`),
    }).finally(progress.end);
    const beside = [
      ...(answer.recorded ? [`${counted(answer.recorded, "event")} that hooks and programs had recorded`] : []),
      ...(answer.log_lines ? [`${counted(answer.log_lines, "line")} of logs`] : []),
    ];
    if (flags.json) out.json(answer);
    else if (answer.files === 0)
      out.line(
        beside.length > 0 ? `${beside.join(" and ")}; no new transcripts.` : "Nothing new.",
        dim(
          answer.bytes === 0 && beside.length === 0
            ? " There are no transcripts where Claude Code keeps them; `clew up --demo` shows a made-up workspace."
            : answer.bytes > 0
              ? ` ${bytes(answer.bytes)} of transcripts were read before.`
              : "",
        ),
      );
    else {
      out.line(
        `Read ${counted(answer.files, "file")}: ${counted(answer.lines, "line")}, ${counted(answer.events, "new event")}, ${counted(answer.responses, "new response")}, ${bytes(answer.bytes_read)} in ${answer.seconds.toFixed(1)} s.`,
      );
      if (answer.log_lines)
        out.line(`${counted(answer.log_lines, "of the events is a line", "of the events are lines")} of logs.`);
      if (answer.problems > 0)
        out.line(`${counted(answer.problems, "line")} could not be read: \`clew doctor\` shows what.`);
    }
    return abort.signal.aborted ? 1 : 0;
  },
};
