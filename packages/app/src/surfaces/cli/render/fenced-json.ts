/**
 * @module An answer for a program with every text in a fence that could be anybody's words. A word without a blank can be an
 * instruction too ("ignore-all-of-it"), so what passes is what Clew itself makes: ids, times, and words of its lists in the fields
 * that hold such. Names that are no field's of ours are numbered.
 */
import { authorHandle } from "../../../base/fence.ts";
import { SHARED_FIELDS } from "../../../base/shared-fields.ts";

/** Ids, hashes and times as they are made here and by agents; numbers as text; nothing. */
const MADE =
  /^(?:|[a-z]-[0-9a-f]{4,64}|[0-9a-f]{7,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[0-9a-f]{1,40})?|\d{4}-\d\d-\d\dT[\d:.]{5,12}Z|-?\d{1,20}(?:\.\d{1,20})?)$/;

/** Fields whose values are words of a list. What else stands there is fenced: foreign records hold what they like. */
const WORD_FIELDS: ReadonlySet<string> = new Set(
  "activity agent_kind category duration_source format joined_by kind level marked origin record_source source status target title_source to_kind trust what".split(
    " ",
  ),
);
const WORD = /^(?:[a-z]{1,12}|in_progress|user_prompt)$/;

/** Fields that name who it was; a handle stands in every fence's mark as well. */
const WHO_FIELDS: ReadonlySet<string> = new Set(
  "acknowledged_by approved_by author authors by changed_by created_by identity person".split(" "),
);

const FIELD_LISTS: ReadonlySet<string> = new Set(["changed", "conflicts", "field"]);

/** Maps whose names are not ours: fields, and who has read something. */
const MAP_FIELDS: ReadonlySet<string> = new Set(
  "acknowledged_by add added conflicts data readers remove removed replaces set".split(" "),
);

function isMade(text: string, field: string, who: readonly string[]): boolean {
  if (MADE.test(text) || (who.includes(text) && isHandle(text))) return true;
  if (WORD_FIELDS.has(field) && WORD.test(text)) return true;
  if (FIELD_LISTS.has(field) && SHARED_FIELDS.has(text)) return true;
  return WHO_FIELDS.has(field) && isHandle(text);
}

function isHandle(text: string): boolean {
  return authorHandle(text) === text;
}

function isKnownName(name: string, field: string, isMap: boolean): boolean {
  if (!isMap) return /^[A-Za-z0-9_]{1,40}$/.test(name);
  return SHARED_FIELDS.has(name) || (WHO_FIELDS.has(field) && isHandle(name));
}

/** `fence` makes the fence of one text; `who` are the identities that the fences name as authors. */
export function fencedJson(value: unknown, fence: (text: string) => string, who: readonly string[] = []): unknown {
  /** `field`: name of the field that it stands in; `isMap`: the names in it are not ours. */
  const walk = (one: unknown, field: string, isMap: boolean): unknown => {
    if (typeof one === "string") return isMade(one, field, who) ? one : fence(one);
    if (Array.isArray(one)) return one.map((item) => walk(item, field, false));
    if (typeof one !== "object" || one === null) return one;
    // A name cannot stand in a fence of its own.
    return Object.fromEntries(
      Object.entries(one).map(([name, part], index) => [
        isKnownName(name, field, isMap) ? name : `other_${index + 1}`,
        walk(part, name, MAP_FIELDS.has(name)),
      ]),
    );
  };
  return walk(value, "", false);
}
