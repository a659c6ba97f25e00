/** @module `clew sql`: a SELECT of the user's own. */
import { existsSync } from "node:fs";
import { clewPaths } from "../../../base/paths.ts";
import { runSql } from "../../../query/sql-console.ts";
import { rowLimit, wholeNumber } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { NOTHING_YET } from "../context.ts";
import { counted } from "../render/formats.ts";
import { dim } from "../render/piece.ts";
import { table } from "../render/table.ts";

export const sqlCommand: CliCommand = {
  summary: "ask the database in SQL; only statements that read are run",
  operands: '"SELECT …"',
  arity: [1, Number.POSITIVE_INFINITY],
  flags: {
    limit: { type: "string", description: "rows to show, or all; default 1000", valueHint: "N", alias: "n" },
    timeout: { type: "string", description: "seconds after which it is stopped; default 10", valueHint: "SECONDS" },
    ...JSON_FLAG,
  },
  examples: [
    'clew sql "SELECT model, sum(output_tokens) FROM responses GROUP BY model"',
    'clew sql "SELECT name, sql FROM sqlite_schema"',
  ],
  async run({ context, flags, operands }) {
    const { out } = context;
    const path = clewPaths(context.env).database;
    const limit = rowLimit(textFlag(flags, "limit"), 1000);
    const timeoutMs = wholeNumber("timeout", textFlag(flags, "timeout"), 10, 1) * 1000;
    if (!existsSync(path)) {
      if (flags.json) out.json({ columns: [], rows: [], truncated: false, took_ms: 0 });
      else out.line(NOTHING_YET);
      return 0;
    }
    const answer = await runSql({
      path,
      sql: operands.join(" "),
      limit: limit < 0 ? Number.MAX_SAFE_INTEGER : limit,
      timeoutMs,
    });
    if (flags.json) out.json(answer);
    else {
      const columns = answer.columns.map((name) => ({
        title: name,
        value: (row: Readonly<Record<string, unknown>>) => (row[name] === null ? dim("null") : String(row[name])),
        align: answer.rows.every((row) => typeof row[name] === "number" || row[name] === null)
          ? ("right" as const)
          : ("left" as const),
        shrinkTo: 8,
      }));
      for (const line of table(columns, answer.rows, out.width)) out.line(...line);
      out.line(dim(`${counted(answer.rows.length, "row")}${answer.truncated ? ", more exist (--limit)" : ""}`));
    }
    return 0;
  },
};
