/** @module Changes of whole entities of the memory graph: another name, two that are one, gone, and back again. */
import { ClewError } from "../base/error.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import { compareChanges, foldChanges } from "../merge/fold.ts";
import type { Change } from "../model/change.ts";
import { groupsNamed } from "../query/graph-groups.ts";
import { subjectHistory, subjectState } from "../query/shared-subject.ts";
import type { Author } from "./author.ts";
import { shortLine } from "./given-text.ts";
import { entityMeant, type GraphChanged, groupsIn, LONGEST_NAME } from "./graph.ts";
import { entityIdOf } from "./graph-ids.ts";
import type { Authoring, MadeChange } from "./open-authoring.ts";

async function write(
  authoring: Authoring,
  author: Author,
  meant: { readonly id: string; readonly name: string },
  intents: readonly (Intent & { readonly subject: string })[],
): Promise<GraphChanged> {
  const changes = intents.flatMap(({ subject, ...intent }): MadeChange[] => {
    const data = changeData(
      authoring.read((db) => subjectState(db, "entity", subject)),
      intent,
    );
    return data ? [{ target: "entity", subject, data }] : [];
  });
  await authoring.writeAll(changes, author);
  return { id: meant.id, name: meant.name, changed: changes.length > 0 };
}

/** Throws `usage` where something else has that name. */
export async function renameEntity(
  authoring: Authoring,
  word: string,
  to: string,
  author: Author,
): Promise<GraphChanged> {
  const groups = groupsIn(authoring);
  const group = entityMeant(authoring, word, groups);
  const name = shortLine("the name", to, LONGEST_NAME).normalize("NFC");
  const other = groupsNamed(groups, name, entityIdOf(name)).find(
    (one) => !one.deleted && one.id !== group.id && one.members.some((member) => member.name === name),
  );
  if (other) throw new ClewError("usage", `${other.name} is known already: \`clew graph merge\` makes the two one`);
  return write(authoring, author, { id: group.id, name }, [{ subject: group.id, set: { name } }]);
}

/** What is known of the first is known of the second from then on. */
export async function mergeEntities(
  authoring: Authoring,
  word: string,
  into: string,
  author: Author,
): Promise<GraphChanged> {
  const groups = groupsIn(authoring);
  const [group, target] = [entityMeant(authoring, word, groups), entityMeant(authoring, into, groups)];
  if (group === target) throw new ClewError("usage", `${word} and ${into} are one already`);
  return write(authoring, author, target, [{ subject: group.end, set: { merged_into: target.id } }]);
}

/** With all that was merged into it; its relations are not shown until it is back. */
export async function deleteEntity(authoring: Authoring, word: string, author: Author): Promise<GraphChanged> {
  const group = entityMeant(authoring, word);
  const intents = group.members.map(({ id }) => ({ subject: id, set: { deleted: true } }));
  return write(authoring, author, group, group.deleted ? [] : intents);
}

/** Brings an entity back with all that was known of it, also what others have written of it since. */
export async function undeleteEntity(authoring: Authoring, word: string, author: Author): Promise<GraphChanged> {
  const group = entityMeant(authoring, word);
  const intents = group.members
    .filter((one) => one.deleted)
    .map(({ id }) => ({ subject: id, set: { deleted: false } }));
  return write(authoring, author, group, group.deleted ? intents : []);
}

/** Takes the newest change of an entity back: a name, a merge, an observation, a deletion. Again, it takes that back. */
export async function undoEntity(authoring: Authoring, word: string, author: Author): Promise<GraphChanged> {
  const group = entityMeant(authoring, word);
  const histories = group.members.map(({ id }) => authoring.read((db) => subjectHistory(db, "entity", id)) ?? []);
  const newest = histories
    .flatMap((history) => history.at(-1) ?? [])
    .sort(compareChanges)
    .at(-1);
  if (!newest) throw new ClewError("not_found", `${group.name} has no history`);
  const isDeletion = (change: Change | undefined): boolean => change?.data.set?.deleted === true;
  const undone = histories.filter((history) =>
    isDeletion(newest) ? isDeletion(history.at(-1)) : history.at(-1) === newest,
  );
  const done = await write(authoring, author, group, undone.map(withoutLast));
  // It may be called by another name now.
  return { ...done, name: groupsIn(authoring).of(group.id)?.name ?? group.name };
}

/** What brings about what stood before a history's last change. */
function withoutLast(history: readonly Change[]): Intent & { readonly subject: string } {
  const last = history.at(-1)!;
  const before = foldChanges(history.slice(0, -1));
  // Taking back how it began is taking it away.
  if (before === null) return { subject: last.subject, set: { deleted: true } };
  const { set = {}, add = {}, remove = {} } = last.data;
  const stoodBefore = (name: string): ReadonlySet<string> =>
    new Set(before.sets[name]?.map(({ value }) => value) ?? []);
  return {
    subject: last.subject,
    set: Object.fromEntries(
      Object.keys(set).map((field) => [field, before.fields[field]?.value ?? (field === "deleted" ? false : null)]),
    ),
    remove: Object.fromEntries(
      Object.entries(add).map(([name, values]) => [name, values.filter((value) => !stoodBefore(name).has(value))]),
    ),
    add: Object.fromEntries(
      Object.entries(remove).map(([name, values]) => [
        name,
        values.map(({ value }) => value).filter((value) => stoodBefore(name).has(value)),
      ]),
    ),
  };
}
