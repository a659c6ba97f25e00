/** @module A record of type "change": somebody wrote or changed an entry, a message, a memory file or the memory graph. */
import { CHANGE_TARGETS, type ChangeData, type ChangeFact, type ChangeTarget } from "../../model/change.ts";
import type { Fact } from "../../model/record.ts";
import { cleanText } from "../claude/clean-text.ts";
import { isObject, type JsonObject } from "../claude/json.ts";
import { identityOf, pushProblem } from "../spooled-event.ts";

/** Longest value of a field, characters: a memory file. */
const VALUE_LIMIT = 4 * 1024 * 1024;
const ELEMENT_LIMIT = 4000;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const MARK = /^[a-z_]{1,20}(:[0-9a-f]{64})?$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9._:@|/ -]{0,399}$/;
/** What a subject is called, by target. A name that somebody thought up has no way to where ids are shown. */
const SUBJECTS: Readonly<Record<ChangeTarget, RegExp>> = {
  entry: /^e-[0-9a-f]{4,64}$/,
  message: /^m-[0-9a-f]{4,64}$/,
  entity: /^n-[0-9a-f]{4,64}$/,
  relation: /^r-[0-9a-f]{4,64}$/,
  memory: ID,
};
const MOST_FIELDS = 50;
const MOST_ELEMENTS = 2000;
const ORIGINS = ["human", "agent", "tool", "import"] as const;

interface Scope {
  readonly sessionId: string | null;
  readonly ts: number;
  /** As its author's clock said it, also where that is ahead. */
  readonly saidTs: number;
  /** Of the record: the same at each reading. */
  readonly changeId: string;
}

/** Entries of an object whose names can be a field's; the rest is a problem. */
function namedIn(value: unknown, what: string, facts: Fact[]): [string, unknown][] {
  if (value === undefined) return [];
  if (!isObject(value)) {
    pushProblem(facts, `data.${what} is no object`);
    return [];
  }
  const entries = Object.entries(value);
  const right = entries.filter(([name]) => NAME.test(name)).slice(0, MOST_FIELDS);
  if (right.length < entries.length) pushProblem(facts, `data.${what}: a name that is no field's`);
  return right;
}

const isId = (value: unknown): value is string => typeof value === "string" && ID.test(value);
const texts = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((one): one is string => typeof one === "string" && one !== "").slice(0, MOST_ELEMENTS)
    : [];

function setOf(data: JsonObject, facts: Fact[]): Record<string, string | number | boolean | null> {
  const set: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of namedIn(data.set, "set", facts)) {
    if (typeof value === "string") {
      if (value.length > VALUE_LIMIT) pushProblem(facts, `data.set.${name}: cut at ${VALUE_LIMIT} characters`);
      // A memory file keeps its bytes; NUL and lone surrogates could not be stored.
      set[name] = cleanText(value.slice(0, VALUE_LIMIT));
    } else if (value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) {
      set[name] = value;
    } else pushProblem(facts, `data.set.${name} is no value`);
  }
  return set;
}

function dataOfChange(data: JsonObject, facts: Fact[]): ChangeData {
  const set = setOf(data, facts);
  const replaces = Object.fromEntries(
    namedIn(data.replaces, "replaces", facts).map(([name, ids]) => [name, texts(ids).filter(isId)]),
  );
  const add = Object.fromEntries(
    namedIn(data.add, "add", facts).map(([name, values]) => [
      name,
      texts(values).map((value) => cleanText(value.slice(0, ELEMENT_LIMIT))),
    ]),
  );
  const remove = Object.fromEntries(
    namedIn(data.remove, "remove", facts).map(([name, list]) => [
      name,
      (Array.isArray(list) ? list.slice(0, MOST_ELEMENTS) : []).flatMap((one) =>
        isObject(one) && typeof one.value === "string"
          ? [{ value: cleanText(one.value.slice(0, ELEMENT_LIMIT)), of: texts(one.of).filter(isId) }]
          : [],
      ),
    ]),
  );
  const note = typeof data.note === "string" ? cleanText(data.note.slice(0, VALUE_LIMIT)) : undefined;
  const mark = typeof data.mark === "string" && MARK.test(data.mark) ? data.mark : undefined;
  return {
    ...(Object.keys(set).length > 0 && { set }),
    ...(Object.keys(replaces).length > 0 && { replaces }),
    ...(Object.keys(add).length > 0 && { add }),
    ...(Object.keys(remove).length > 0 && { remove }),
    ...(note !== undefined && { note }),
    ...(mark !== undefined && { mark }),
  };
}

/** Nothing follows from a change that names no subject, or changes nothing. */
export function readChange(data: JsonObject, { sessionId, ts, saidTs, changeId }: Scope, facts: Fact[]): void {
  const target = CHANGE_TARGETS.find((word) => word === data.target);
  if (!target || !isId(data.subject) || !SUBJECTS[target].test(data.subject)) {
    pushProblem(facts, "data: a change of nothing that can be changed");
    return;
  }
  const { hlc, device } = data;
  const isStamped = typeof hlc === "number" && Number.isSafeInteger(hlc) && hlc > 0 && isId(device);
  const change = dataOfChange(data, facts);
  if (Object.keys(change).length === 0) {
    pushProblem(facts, "data: a change that changes nothing");
    return;
  }
  const fact: ChangeFact = {
    kind: "change",
    changeId,
    target,
    subject: data.subject,
    sessionId,
    // The same on every device: what a change says does not depend on who reads it when.
    ts: isStamped ? saidTs : ts,
    stamp: isStamped ? { hlc, device: device as string } : null,
    author: identityOf(data.author) ?? null,
    origin: ORIGINS.find((word) => word === data.origin) ?? "tool",
    tainted: data.tainted === true,
    data: change,
  };
  facts.push(fact);
}

/** Somebody has looked at the inbox. */
export function readInboxSeen({ identity, seq }: JsonObject, ts: number, facts: Fact[]): void {
  const who = identityOf(identity);
  if (who !== undefined && typeof seq === "number" && Number.isSafeInteger(seq) && seq >= 0) {
    facts.push({ kind: "inbox_seen", identity: who, seq, ts });
  } else pushProblem(facts, "data: nobody, or nowhere, that was looked at");
}
