/** @module The bytes of settings.json without Clew's hooks, whatever else has changed in it since: pure. */
import { type Edit, getNodeValue, type Node } from "jsonc-parser";
import { isClewStatusLine, scriptOfHandler } from "./handlers.ts";
import type { AddedSettings } from "./plan-setup.ts";
import { dataNamed, elementsOf, keyOf, parseSettings, propertiesOf, settingsBytes, valueIn } from "./settings-text.ts";
import { applyTextEdits, removeMembers } from "./text-edit.ts";

export interface RemovalPlan {
  /** Equal to the given bytes when nothing of Clew's is in them; null: the file goes, as there was none before. */
  readonly after: Buffer | null;
  /** Events that Clew's hooks are taken from. */
  readonly events: readonly string[];
}

export interface RemovalOptions {
  /** Directory of the installed scripts. */
  readonly hooks: string;
  /** What the receipt says was added; null without one: lists that become empty go, `hooks` itself stays. */
  readonly added: AddedSettings | null;
  /** Whether the file was there before. */
  readonly existed: boolean;
  /** For messages. */
  readonly path: string;
}

/** Plans the removal of Clew's entries alone. Throws `io` for what is no settings file. */
export function planRemoval(bytes: Buffer, options: RemovalOptions): RemovalPlan {
  const { mark, text, root } = parseSettings(bytes, options.path);
  const edits: Edit[] = [];
  const events = new Set<string>();
  const gone = new Set<Node>();
  for (const property of propertiesOf(root)) {
    const value = valueIn(property);
    if (keyOf(property) === "statusLine" && isClewStatusLine(dataNamed(value, "command"))) gone.add(property);
    if (keyOf(property) !== "hooks" || value?.type !== "object") continue;
    const emptied = new Set<Node>();
    for (const list of propertiesOf(value)) {
      const removal = removalFromList(text, list, options);
      if (!removal) continue;
      events.add(keyOf(list));
      if (removal === "all") emptied.add(list);
      else edits.push(...removal);
    }
    if (emptied.size > 0 && emptied.size === propertiesOf(value).length && options.added?.hooks) gone.add(property);
    else edits.push(...removeMembers(text, value, (list) => emptied.has(list)));
  }
  if (root) edits.push(...removeMembers(text, root, (property) => gone.has(property)));
  if (edits.length === 0) return { after: bytes, events: [] };
  const after = applyTextEdits(text, withoutInner(edits));
  const left = parseSettings(settingsBytes(mark, after), options.path);
  const isBare = propertiesOf(left.root).length === 0 && /^\s*\{\s*\}\s*$/u.test(after);
  return { after: isBare && !options.existed ? null : settingsBytes(mark, after), events: [...events] };
}

/** Edits that take Clew's handlers out of an event's list; "all" when the list goes too; null when none is in it. */
function removalFromList(text: string, property: Node, options: RemovalOptions): readonly Edit[] | "all" | null {
  const groups = valueIn(property);
  const edits: Edit[] = [];
  const emptied = new Set<Node>();
  for (const group of elementsOf(groups)) {
    const list = propertiesOf(group).findLast((one) => keyOf(one) === "hooks");
    const handlers = list && valueIn(list);
    const ours = new Set(
      elementsOf(handlers).filter((handler) => scriptOfHandler(getNodeValue(handler), options.hooks) !== null),
    );
    if (!handlers || ours.size === 0) continue;
    if (ours.size === elementsOf(handlers).length) emptied.add(group);
    else edits.push(...removeMembers(text, handlers, (handler) => ours.has(handler)));
  }
  if (!groups || (emptied.size === 0 && edits.length === 0)) return null;
  const isOurList = !options.added || options.added.events.includes(keyOf(property));
  if (isOurList && emptied.size === elementsOf(groups).length) return "all";
  return [...edits, ...removeMembers(text, groups, (group) => emptied.has(group))];
}

/** Without edits that lie inside a removal: what they would take out goes with it. */
function withoutInner(edits: readonly Edit[]): readonly Edit[] {
  return edits.filter(
    (edit) =>
      !edits.some(
        (other) =>
          other !== edit &&
          other.length > edit.length &&
          other.offset <= edit.offset &&
          other.offset + other.length >= edit.offset + edit.length,
      ),
  );
}
