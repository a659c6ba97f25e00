/** @module `clew cost --why`: what stands behind the figure of one response. */
import { ClewError } from "../../base/error.ts";
import { explainResponse } from "../../query/responses.ts";
import { ask, type CliContext, NOTHING_YET } from "./context.ts";
import { count, counted, localTime, money } from "./render/formats.ts";
import { bold, dim, styled } from "./render/piece.ts";

export async function explainCost(context: CliContext, responseId: string, json: boolean): Promise<number> {
  const found = await ask(context, (db) => ({ explanation: explainResponse(db, { responseId }) }));
  if (!found) throw new ClewError("not_found", NOTHING_YET);
  const { explanation } = found;
  if (!explanation)
    throw new ClewError(
      "not_found",
      `no response ${responseId}: give a response id, a message id or the id of an event that holds one`,
    );
  const { out, timeZone } = context;
  if (json) {
    out.json(explanation);
    return 0;
  }
  out.line(bold(explanation.response_id));
  out.line(
    `  ${explanation.model}  ${localTime(explanation.ts, timeZone)}  session ${explanation.session_id}  ${explanation.session_title ?? ""}`,
  );
  const figures: readonly (readonly [string, number])[] = [
    ["input", explanation.input_tokens],
    ["output", explanation.output_tokens],
    ["cache write, 5 minutes", explanation.cache_creation_5m_input_tokens],
    ["cache write, 1 hour", explanation.cache_creation_1h_input_tokens],
    ["cache read", explanation.cache_read_input_tokens],
    ["web searches", explanation.web_searches],
  ];
  for (const [name, value] of figures) if (value > 0) out.line(`  ${name.padEnd(24)}${count(value).padStart(14)}`);
  for (const [name, value] of [
    ["service tier", explanation.service_tier],
    ["speed", explanation.speed],
    ["inference region", explanation.inference_geo],
  ] as const) {
    if (value !== null) out.line(`  ${name.padEnd(24)}${value.padStart(14)}`);
  }
  out.line(
    "  ",
    bold("cost".padEnd(24)),
    money(explanation.cost_usd).padStart(14),
    dim(explanation.price_version === null ? "" : `  ${explanation.price_version}`),
  );
  out.line("");
  for (const rule of explanation.rules) out.text(`· ${rule}`, 2);
  out.line("");
  out.line(bold(counted(explanation.records.length, "record")));
  for (const record of explanation.records) {
    const usage = record.usage
      ? `output ${String(record.usage.output_tokens ?? "?")}, input ${String(record.usage.input_tokens ?? "?")}`
      : "no usage";
    out.line(
      record.chosen ? styled("green", "  ▸ ") : "    ",
      `${record.event_id}  ${localTime(record.ts, timeZone)}  ${usage}`,
    );
    if (record.path !== null) out.line(dim(`      ${record.path} at byte ${record.offset ?? 0}`));
  }
  return 0;
}
