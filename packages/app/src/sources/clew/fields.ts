/** @module Checked reading of an own record's data: other people's programs write it, so every field may be anything. */
import type { Fact } from "../../model/record.ts";
import { cleanText, clipText } from "../claude/clean-text.ts";
import { isObject, type JsonObject } from "../claude/json.ts";
import { isSessionId, pushProblem } from "../spooled-event.ts";

/** Longest list that a record may hold. */
const MOST_ITEMS = 500;

/** Each answers undefined for what is not said; what is wrong is left out, and is a problem of the event. */
export interface Fields {
  /** A text, cut at `limit` characters. */
  text(name: string, limit: number): string | undefined;
  /** A text on one line. */
  line(name: string, limit: number): string | undefined;
  /** A whole number between the two. */
  integer(name: string, least: number, most: number): number | undefined;
  /** One of a few words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined;
  sessionId(name: string): string | undefined;
  /** Texts, each cut at `limit`; those that are none or empty are left out. */
  texts(name: string, limit: number): readonly string[] | undefined;
  /** Objects; others are left out. */
  objects(name: string): readonly JsonObject[] | undefined;
  /** Said to be nothing. */
  isNull(name: string): boolean;
  /** Said not to be so. */
  isFalse(name: string): boolean;
}

export function fieldsOf(data: JsonObject, facts: Fact[]): Fields {
  const wrong = (name: string, why: string): undefined => {
    pushProblem(facts, `data.${name}: ${why}`);
    return undefined;
  };
  /** Own fields only: `constructor` is nothing that anybody said. */
  const said = (name: string): unknown => (Object.hasOwn(data, name) ? (data[name] ?? undefined) : undefined);

  function text(name: string, limit: number): string | undefined {
    const value = said(name);
    if (value === undefined || value === "") return undefined;
    if (typeof value !== "string") return wrong(name, "no text");
    if (value.length > limit) wrong(name, `cut at ${limit} characters`);
    return clipText(value, limit);
  }

  function list(name: string): readonly unknown[] | undefined {
    const value = said(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return wrong(name, "no list");
    if (value.length > MOST_ITEMS) wrong(name, `cut at ${MOST_ITEMS} entries`);
    return value.slice(0, MOST_ITEMS);
  }

  return {
    text,
    line(name, limit) {
      const value = text(name, 4 * limit);
      const line = value?.replace(/[\s\p{Cc}]+/gu, " ").trim();
      return line ? clipText(line, limit) : undefined;
    },
    integer(name, least, most) {
      const value = said(name);
      if (value === undefined) return undefined;
      const isRight = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
      return isRight ? value : wrong(name, "no such number");
    },
    word(name, words) {
      const value = said(name);
      if (value === undefined) return undefined;
      return words.find((word) => word === value) ?? wrong(name, "no such word");
    },
    sessionId(name) {
      const value = said(name);
      if (value === undefined || value === "") return undefined;
      return isSessionId(value) ? value : wrong(name, "no session id");
    },
    texts(name, limit) {
      const items = list(name);
      if (!items) return undefined;
      const texts = items.filter((item): item is string => typeof item === "string" && item.trim() !== "");
      if (texts.length < items.length) wrong(name, "an entry that is no text");
      if (texts.some((item) => item.length > limit)) wrong(name, `an entry cut at ${limit} characters`);
      return texts.map((item) => clipText(item, limit));
    },
    objects(name) {
      const items = list(name);
      const objects = items?.filter(isObject);
      if (objects && items && objects.length < items.length) wrong(name, "an entry that is no object");
      return objects;
    },
    isNull: (name) => Object.hasOwn(data, name) && data[name] === null,
    isFalse: (name) => Object.hasOwn(data, name) && data[name] === false,
  };
}

/** A message of a record, clean; "" for none. */
export function messageOf(record: JsonObject): string {
  return typeof record.message === "string" ? cleanText(record.message) : "";
}
