/** @module An own event as blocks: log lines, outcomes, states, and what was given to a session. */
import { decodeSpoolRecord } from "../../base/spool-record.ts";
import type { Block, PresentedEvent } from "../../model/present.ts";
import { decodeRecord } from "../claude/decode.ts";
import type { JsonObject } from "../claude/json.ts";
import { presentImported } from "../imports/present.ts";
import { rawBlock } from "../raw-block.ts";
import { MAX_BODY_BYTES } from "../spooled-event.ts";
import { type Fields, fieldsOf, messageOf } from "./fields.ts";
import { interactionCall } from "./interaction.ts";
import { dataOf, ownEventType } from "./own-record.ts";
import { ownText } from "./own-text.ts";
import { activityOf, endingOf, OWN_READERS, titleOf } from "./readers.ts";

const LIMIT = 4000;

type Show = (data: Fields, message: string) => readonly Block[];

function notice(label: string, text: string | null | undefined): Block {
  return { kind: "notice", label, text: text ?? "" };
}

/** One attachment per list that is said, its entries a line each. */
function lists(data: Fields, names: readonly string[]): readonly Block[] {
  return names.flatMap((name): Block[] => {
    const text = data.texts(name, LIMIT)?.join("\n");
    return text ? [{ kind: "attachment", label: name.replaceAll("_", " "), text }] : [];
  });
}

function todoLines(data: Fields): readonly Block[] {
  const lines = (data.objects("todos") ?? [])
    .map((todo) => fieldsOf(todo, []))
    .map((todo) => `${todo.line("status", 32) ?? "pending"}: ${todo.line("text", LIMIT) ?? ""}`);
  return lines.length > 0 ? [{ kind: "attachment", label: "todos", text: lines.join("\n") }] : [];
}

const BLOCKS: ReadonlyMap<string, Show> = new Map<string, Show>([
  ["session.start", (data, message) => [notice("session started", titleOf(data) ?? message)]],
  [
    "session.end",
    (data, message) => [notice("session ended", data.text("result", LIMIT) ?? endingOf(data) ?? message)],
  ],
  [
    "session.outcome",
    (data, message) => [
      notice("outcome", data.text("summary", LIMIT) ?? message),
      ...lists(data, ["tasks_completed", "decisions", "learnings", "files", "commits"]),
    ],
  ],
  [
    "session.state",
    (data, message) => [
      notice("focus", data.isNull("focus") ? "none" : (data.text("focus", LIMIT) ?? message)),
      ...lists(data, ["next_steps"]),
      ...todoLines(data),
    ],
  ],
  [
    "session.activity",
    (data, message) => {
      const { activity = "unknown", reason } = activityOf(data);
      return [notice(activity, reason ?? message)];
    },
  ],
  [
    "context.injected",
    (data) => [{ kind: "attachment", label: "context given by Clew", text: data.text("text", 50 * LIMIT) ?? "" }],
  ],
]);

/** A call as its program announces it: what was said in it stands in the program's log file. */
function callBlocks(data: JsonObject, message: string): readonly Block[] {
  const { usage, durationMs, error } = interactionCall(data, { sessionId: "", ts: null, file: null });
  const input = usage && usage.inputTokens + usage.cacheWriteTokens + usage.cacheReadTokens;
  const figures = [
    message,
    ...(usage ? [`${input} tokens in`, `${usage.outputTokens} out`] : []),
    ...(durationMs === null ? [] : [`${Math.round(durationMs)} ms`]),
    ...(error === null ? [] : [error]),
  ];
  return [notice("call of a model", figures.filter(Boolean).join(", "))];
}

function blocksOf(record: JsonObject, type: string, body: Buffer): readonly Block[] {
  const message = messageOf(record);
  if (type === "interaction") return callBlocks(dataOf(record, []), message);
  const imported = presentImported(type, dataOf(record, []), message);
  if (imported) return imported;
  const show = BLOCKS.get(type);
  if (show) return show(fieldsOf(dataOf(record, []), []), message);
  if (!message) return [rawBlock(body)];
  const [kind = "", ...rest] = type.split(".");
  return [notice(kind === "log" && rest[0] === "info" ? "log" : rest.join(" ") || kind, message)];
}

/** `bytes` are an event's stored body. */
export function presentOwn(bytes: Buffer): PresentedEvent {
  const spooled = decodeSpoolRecord(bytes);
  const record = spooled && decodeRecord(spooled.body, MAX_BODY_BYTES).record;
  if (!record) return { text: "", role: "system", blocks: [rawBlock(spooled?.body ?? bytes)] };
  const type = ownEventType(record, OWN_READERS);
  return { text: ownText(record), role: "system", blocks: blocksOf(record, type, spooled.body) };
}
