/** @module How a program writes its session files: its spellings, its times, its indentation; and text that is written alike. */
import { applyEdits, modify } from "jsonc-parser";
import { isObject, type JsonObject } from "../claude/json.ts";
import { pick, type TimeForm, timeIn, writtenTime } from "./foreign-row.ts";
import { FIELD_NAMES, type FieldName, type SessionFields, SPELLINGS } from "./session-document.ts";
import type { SessionFile } from "./session-file.ts";
import { EVENT_SPELLINGS } from "./session-file-events.ts";

type KeyName = keyof typeof SPELLINGS;
type EventKey = keyof typeof EVENT_SPELLINGS;

export interface SessionForm {
  readonly keys: Readonly<Record<KeyName, string>>;
  readonly eventKeys: Readonly<Record<EventKey, string>>;
  readonly time: TimeForm;
  /** "" where a file is one line. */
  readonly indent: string;
  readonly isNewlineAtEnd: boolean;
  /** Around the session's id in a file's name. */
  readonly prefix: string;
  readonly suffix: string;
}

/** What a directory is written in that holds nothing yet. */
export const DEFAULT_FORM: SessionForm = {
  keys: firstOf(SPELLINGS),
  eventKeys: firstOf(EVENT_SPELLINGS),
  time: "iso",
  indent: "  ",
  isNewlineAtEnd: true,
  prefix: "",
  suffix: ".json",
};

function firstOf<Key extends string>(
  spellings: Readonly<Record<Key, readonly string[]>>,
): Readonly<Record<Key, string>> {
  const entries = (Object.entries(spellings) as [Key, readonly string[]][]).map(([name, names]) => [name, names[0]!]);
  return Object.fromEntries(entries) as Record<Key, string>;
}

function spelt<Key extends string>(
  row: JsonObject,
  spellings: Readonly<Record<Key, readonly string[]>>,
  otherwise: Readonly<Record<Key, string>>,
): Readonly<Record<Key, string>> {
  const entries = (Object.entries(spellings) as [Key, readonly string[]][]).map(([name, names]) => [
    name,
    pick(row, names)?.name ?? names.find((one) => Object.hasOwn(row, one)) ?? otherwise[name],
  ]);
  return Object.fromEntries(entries) as Record<Key, string>;
}

/** The form of one file; what it has nothing of is as in `otherwise`. */
export function formOf(
  { name, sessionId, row, text }: SessionFile,
  otherwise: SessionForm = DEFAULT_FORM,
): SessionForm {
  const at = name.indexOf(sessionId);
  const events = pick(row, SPELLINGS.events)?.value;
  const event: unknown = Array.isArray(events) ? events.find(isObject) : undefined;
  const time = timeIn(pick(row, SPELLINGS.started_at)?.value) ?? timeIn(pick(row, SPELLINGS.ended_at)?.value);
  return {
    keys: spelt(row, SPELLINGS, otherwise.keys),
    eventKeys: isObject(event) ? spelt(event, EVENT_SPELLINGS, otherwise.eventKeys) : otherwise.eventKeys,
    time: time?.form ?? otherwise.time,
    indent: /^\s*\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? "",
    isNewlineAtEnd: /\n$/.test(text),
    prefix: at < 0 ? otherwise.prefix : name.slice(0, at),
    suffix: at < 0 ? otherwise.suffix : name.slice(at + sessionId.length),
  };
}

/** A field's value as a file holds it. */
function writtenValue(field: FieldName, fields: SessionFields, form: SessionForm): string | number | null {
  const value = fields[field];
  return typeof value === "number" ? writtenTime(value, form.time) : value;
}

/** An event of the store as such a file holds it. */
export interface WrittenEvent {
  /** Verbatim, of an event that came from such a file; then the rest does not count. */
  readonly original?: unknown;
  readonly clewId: string;
  readonly type: string;
  readonly ts: number | null;
  readonly message: string | null;
  readonly data: unknown;
}

function eventValue(event: WrittenEvent, { eventKeys, time }: SessionForm): unknown {
  if (event.original !== undefined) return event.original;
  return {
    clew_id: event.clewId,
    [eventKeys.type]: event.type,
    ...(event.ts !== null && { [eventKeys.time]: writtenTime(event.ts, time) }),
    ...(event.message !== null && { [eventKeys.message]: event.message }),
    ...(event.data !== undefined && event.data !== null && { [eventKeys.data]: event.data }),
  };
}

/** A whole new file. */
export function newSessionText(
  sessionId: string,
  fields: SessionFields,
  events: readonly WrittenEvent[],
  form: SessionForm,
): string {
  const said = FIELD_NAMES.flatMap((field) => {
    const value = writtenValue(field, fields, form);
    return value === null ? [] : [[form.keys[field], value]];
  });
  const row = {
    [form.keys.session_id]: sessionId,
    ...Object.fromEntries(said),
    ...(events.length > 0 && { [form.keys.events]: events.map((event) => eventValue(event, form)) }),
  };
  return JSON.stringify(row, null, form.indent) + (form.isNewlineAtEnd ? "\n" : "");
}

/** A file's text with other fields and more events; every other byte stays as it is. */
export function editedSessionText(
  file: SessionFile,
  fields: SessionFields,
  changed: readonly FieldName[],
  events: readonly WrittenEvent[],
  otherwise: SessionForm,
): string {
  const form = formOf(file, otherwise);
  const formattingOptions = form.indent
    ? {
        insertSpaces: form.indent[0] === " ",
        tabSize: form.indent.length,
        eol: file.text.includes("\r\n") ? "\r\n" : "\n",
      }
    : null;
  let text = file.text;
  const put = (path: readonly (string | number)[], value: unknown, isArrayInsertion = false): void => {
    const options = { isArrayInsertion, ...(formattingOptions && { formattingOptions }) };
    text = applyEdits(text, modify(text, [...path], value, options));
  };
  for (const field of changed) put([form.keys[field]], writtenValue(field, fields, form));
  if (events.length > 0 && !Array.isArray(file.row[form.keys.events]))
    put(
      [form.keys.events],
      events.map((event) => eventValue(event, form)),
    );
  else for (const event of events) put([form.keys.events, -1], eventValue(event, form), true);
  return text;
}
