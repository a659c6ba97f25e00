/** @module The bytes of settings.json with Clew's hooks in it, from the bytes without: pure, nothing is read or written. */
import { type Edit, getNodeValue, type Node } from "jsonc-parser";
import { ClewError } from "../base/error.ts";
import {
  groupsFor,
  type HookPlaces,
  type HookScript,
  handlerFor,
  isClewStatusLine,
  scriptOfHandler,
  scriptsOf,
} from "./handlers.ts";
import { RECORDED_HOOK_EVENTS, type RecordedHookEvent } from "./hook-events.ts";
import {
  dataNamed,
  described,
  elementsOf,
  keyOf,
  parseSettings,
  propertiesOf,
  propertyNamed,
  type SettingsText,
  settingsBytes,
  valueIn,
} from "./settings-text.ts";
import { applyTextEdits, indentationInside, insertMembers, isMultilineInside, removeMembers } from "./text-edit.ts";
import { inlineJson, styleOf, type TextStyle } from "./text-style.ts";
import { settingsWarnings } from "./warnings.ts";

/** What a change put into the file where nothing was: what undoing it may take out again. */
export interface AddedSettings {
  readonly hooks: boolean;
  /** Names of the event lists that did not exist. */
  readonly events: readonly string[];
  readonly statusLine: boolean;
}

export interface WantedSettings {
  readonly places: HookPlaces;
  /** A shell command, or null to leave `statusLine` as it is. */
  readonly statusLine: string | null;
}

export interface SettingsPlan {
  /** Equal to the given bytes when nothing is to be done. */
  readonly after: Buffer;
  readonly added: AddedSettings;
  /** Events whose hooks are added or brought up to date. */
  readonly events: readonly RecordedHookEvent[];
  readonly warnings: readonly string[];
  /** Whether entries of Clew were in it already. */
  readonly hadEntries: boolean;
}

/**
 * Plans the change of a settings file; `bytes` is null when there is none. `path` is for messages. Throws `io` for what
 * is no settings file.
 */
export function planSetup(bytes: Buffer | null, wanted: WantedSettings, path: string): SettingsPlan {
  const before = parseSettings(bytes ?? Buffer.alloc(0), path);
  checkHooks(before.root, path);
  const changed = new Set<RecordedHookEvent>();
  const current = updateEntries(before, wanted, changed);
  const warnings = [...settingsWarnings(before)];
  if (wanted.statusLine !== null) {
    const command = dataNamed(valueNamed(before.root, "statusLine"), "command");
    if (propertyNamed(before.root, "statusLine") && !isClewStatusLine(command))
      warnings.push("A statusLine is set already: it stays as it is.");
  }
  const { text, added } = addEntries(current, wanted, changed, path);
  const events = RECORDED_HOOK_EVENTS.filter((event) => changed.has(event));
  const after = text === before.text && bytes ? bytes : settingsBytes(before.mark, text);
  const hadEntries = propertiesOf(valueNamed(before.root, "hooks")).some((property) =>
    elementsOf(valueIn(property)).some((group) => scriptsIn(group, wanted.places.hooks).length > 0),
  );
  return { after, added, events, warnings, hadEntries };
}

function valueNamed(root: Node | null, name: string): Node | undefined {
  const property = propertyNamed(root, name);
  return property && valueIn(property);
}

/** Refuses what the client would refuse: an edit inside it would be a guess. */
function checkHooks(root: Node | null, path: string): void {
  const hooks = valueNamed(root, "hooks");
  if (hooks && hooks.type !== "object")
    throw new ClewError("io", `"hooks" in ${path} is ${described(hooks)} and not an object: nothing was changed`);
  for (const event of RECORDED_HOOK_EVENTS) {
    const groups = valueNamed(hooks ?? null, event);
    if (groups && groups.type !== "array")
      throw new ClewError(
        "io",
        `"hooks.${event}" in ${path} is ${described(groups)} and not a list: nothing was changed`,
      );
  }
}

/** Brings entries of an older Clew up to date in place, and takes out those that nothing needs any more. */
function updateEntries(settings: SettingsText, wanted: WantedSettings, changed: Set<RecordedHookEvent>): SettingsText {
  const { root, text } = settings;
  const style = styleOf(text, root);
  const edits: Edit[] = [];
  const hooks = valueNamed(root, "hooks");
  for (const property of propertiesOf(hooks)) {
    if (propertyNamed(hooks, keyOf(property)) !== property) continue;
    const event = RECORDED_HOOK_EVENTS.find((name) => name === keyOf(property));
    const groups = valueIn(property);
    const needed = new Set<HookScript>(event ? scriptsOf(event) : []);
    const emptied = new Set<Node>();
    for (const group of elementsOf(groups)) {
      const handlers = valueNamed(group, "hooks");
      const surplus = new Set<Node>();
      for (const handler of elementsOf(handlers)) {
        const data: unknown = getNodeValue(handler);
        const script = scriptOfHandler(data, wanted.places.hooks);
        if (script === null) continue;
        if (!event || !needed.delete(script)) surplus.add(handler);
        else {
          const right = handlerFor(event, script, wanted.places);
          if (isSame(data, right)) continue;
          edits.push({ offset: handler.offset, length: handler.length, content: inlineJson(right, style.isSpaced) });
          changed.add(event);
        }
      }
      if (surplus.size === 0) continue;
      if (event) changed.add(event);
      if (surplus.size === elementsOf(handlers).length) emptied.add(group);
      else if (handlers) edits.push(...removeMembers(text, handlers, (handler) => surplus.has(handler)));
    }
    if (groups) edits.push(...removeMembers(text, groups, (group) => emptied.has(group)));
  }
  const statusLine = valueNamed(root, "statusLine");
  const command = statusLine && valueNamed(statusLine, "command");
  if (command && wanted.statusLine !== null && isClewStatusLine(command.value) && command.value !== wanted.statusLine)
    edits.push({ offset: command.offset, length: command.length, content: JSON.stringify(wanted.statusLine) });
  if (edits.length === 0) return settings;
  return parseSettings(settingsBytes(settings.mark, applyTextEdits(text, edits)), "settings.json");
}

interface Addition {
  readonly text: string;
  readonly added: AddedSettings;
}

/** Adds what is missing; deletes no byte. */
function addEntries(
  settings: SettingsText,
  wanted: WantedSettings,
  changed: Set<RecordedHookEvent>,
  path: string,
): Addition {
  const { root, text } = settings;
  const style = styleOf(text, root);
  const hooks = valueNamed(root, "hooks");
  const edits: Edit[] = [];
  const newLists: { readonly event: RecordedHookEvent; readonly member: string }[] = [];
  for (const event of RECORDED_HOOK_EVENTS) {
    const groups = valueNamed(hooks ?? null, event);
    const present = new Set(elementsOf(groups).flatMap((group) => scriptsIn(group, wanted.places.hooks)));
    const missing = scriptsOf(event).filter((script) => !present.has(script));
    if (missing.length === 0) continue;
    changed.add(event);
    const own = groupsFor(event, missing, wanted.places);
    if (groups)
      edits.push(
        ...insertMembers(
          text,
          groups,
          own.map((group) => inlineJson(group, style.isSpaced)),
          style,
        ),
      );
    else newLists.push({ event, member: member(event, inlineJson(own, style.isSpaced), style) });
  }
  const topLevel: string[] = [];
  const isMultiline = !root || isMultilineInside(text, root, style);
  const indentation = root ? indentationInside(text, root, style) : style.unit;
  if (hooks)
    edits.push(
      ...insertMembers(
        text,
        hooks,
        newLists.map((list) => list.member),
        style,
      ),
    );
  else if (newLists.length > 0) {
    const members = newLists.map((list) => list.member);
    const inside = style.newline + indentation + style.unit;
    const joined = isMultiline
      ? `{${members.map((list) => inside + list).join(",")}${style.newline}${indentation}}`
      : `{${style.isSpaced ? " " : ""}${members.join(style.isSpaced ? ", " : ",")}${style.isSpaced ? " " : ""}}`;
    topLevel.push(member("hooks", joined, style));
  }
  const addsStatusLine = wanted.statusLine !== null && !propertyNamed(root, "statusLine");
  if (addsStatusLine)
    topLevel.push(
      member("statusLine", inlineJson({ type: "command", command: wanted.statusLine }, style.isSpaced), style),
    );
  const added = {
    hooks: !hooks && newLists.length > 0,
    events: newLists.map(({ event }) => event),
    statusLine: addsStatusLine,
  };
  if (root) {
    edits.push(...insertMembers(text, root, topLevel, style));
    return { text: checked(applyTextEdits(text, edits), path), added };
  }
  if (topLevel.length === 0) return { text, added };
  // A file of blanks and comments gets its object behind them.
  const lead = text === "" || /\n[ \t]*$/u.test(text) ? "" : style.newline;
  const lines = topLevel.map((line) => style.newline + style.unit + line).join(",");
  return { text: checked(`${text}${lead}{${lines}${style.newline}}${style.newline}`, path), added };
}

/** What was made must be readable before it may replace what was there. */
function checked(text: string, path: string): string {
  try {
    parseSettings(Buffer.from(text, "utf8"), path);
  } catch (error) {
    throw new ClewError("internal", `the change to ${path} would not be valid JSON: nothing was changed`, {
      cause: error,
    });
  }
  return text;
}

function scriptsIn(group: Node, hooks: string): readonly HookScript[] {
  return elementsOf(valueNamed(group, "hooks"))
    .map((handler) => scriptOfHandler(getNodeValue(handler), hooks))
    .filter((script) => script !== null);
}

function member(name: string, value: string, style: TextStyle): string {
  return `${JSON.stringify(name)}:${style.isSpaced ? " " : ""}${value}`;
}

function isSame(data: unknown, right: object): boolean {
  const sorted = (value: object): string =>
    JSON.stringify(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  return typeof data === "object" && data !== null && sorted(data) === sorted(right);
}
