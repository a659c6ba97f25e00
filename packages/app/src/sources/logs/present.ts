/** @module A log line as blocks: its level, logger and message, its stack trace, and what other fields it has. */
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import type { Block, PresentedEvent } from "../../model/present.ts";
import { cleanText, clipText } from "../claude/clean-text.ts";
import type { JsonObject } from "../claude/json.ts";
import { rawBlock } from "../raw-block.ts";
import { jsonText } from "./fields-line.ts";
import { interactionOf, interactionText } from "./interaction-line.ts";
import { SHOWN_ELSEWHERE } from "./log-fields.ts";
import type { LogLine } from "./log-line.ts";
import { readLogLine, searchText } from "./read-line.ts";

const MOST_FIELDS = 50;
const VALUE_LIMIT = 2000;
const SAID_LIMIT = 16_000;

/** `bytes` are an event's stored body. */
export function presentLog(bytes: Buffer): PresentedEvent {
  const record = decodeSpoolRecord(bytes);
  if (!record) return { text: "", role: "system", blocks: [rawBlock(bytes)] };
  const { body, fields } = record;
  const interaction = fields.format === "interaction" ? interactionOf(body) : null;
  if (interaction)
    return { text: interactionText(interaction), role: "assistant", blocks: interactionBlocks(interaction) };
  const { line } = readLogLine(body, fields);
  return { text: searchText(line), role: "system", blocks: lineBlocks(line) };
}

function lineBlocks(line: LogLine): readonly Block[] {
  const label = [line.level, line.logger ?? line.service].filter(Boolean).join(" ");
  const fields = line.fields && fieldLines(line.fields);
  return [
    { kind: "notice", label, text: searchText(line) },
    ...(fields ? [{ kind: "attachment", label: "fields", text: fields } as const] : []),
  ];
}

/** `name: value`, a line each; an object's own fields in place of it. */
function fieldLines(record: JsonObject): string {
  return Object.entries(record)
    .filter(([name]) => !SHOWN_ELSEWHERE.has(name))
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => `${cleanText(name)}: ${clipText(jsonText(value), VALUE_LIMIT)}`)
    .join("\n");
}

function interactionBlocks({ provider, model, input, output, error, usage }: JsonObject): readonly Block[] {
  const title = [provider, model].filter((part) => typeof part === "string").join(" ");
  const part = (label: string, value: unknown): readonly Block[] =>
    value === undefined || value === null
      ? []
      : [{ kind: "attachment", label, text: clipText(jsonText(value), SAID_LIMIT) }];
  return [
    { kind: "notice", label: "call of a model", text: clipText(title, VALUE_LIMIT) },
    ...[...part("input", input), ...part("output", output), ...part("error", error), ...part("usage", usage)],
  ];
}
