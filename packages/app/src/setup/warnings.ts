/** @module What in Claude Code's settings keeps Clew from seeing, or will take away, what it should see. */
import type { Node } from "jsonc-parser";
import { dataNamed, keyOf, propertiesOf, propertyNamed, type SettingsText, valueIn } from "./settings-text.ts";

/** Claude Code's own default. */
const DEFAULT_CLEANUP_DAYS = 30;
/** Below this a long week-end away from the machine loses transcripts. */
const FEWEST_CLEANUP_DAYS = 7;

/** Sentences for the user about the settings as they are, before the change. */
export function settingsWarnings(settings: SettingsText): readonly string[] {
  const { root } = settings;
  return [
    ...(settings.isStrict
      ? []
      : [
          "The file has comments or trailing commas: Claude Code reads plain JSON only and ignores the whole file, Clew's hooks included, until they are gone.",
        ]),
    ...switchWarnings(root, "this file"),
    ...cleanupWarnings(dataNamed(root, "cleanupPeriodDays")),
    ...pluginWarnings(root),
  ];
}

/** Sentences about an administrator's settings file, which overrides the user's. */
export function managedWarnings(root: Node | null, path: string): readonly string[] {
  return switchWarnings(root, path);
}

function switchWarnings(root: Node | null, where: string): readonly string[] {
  return [
    ...(dataNamed(root, "disableAllHooks") === true
      ? [
          `disableAllHooks is true in ${where}: Claude Code calls no hooks, so Clew sees nothing live until that is gone.`,
        ]
      : []),
    ...(dataNamed(root, "allowManagedHooksOnly") === true
      ? [
          `allowManagedHooksOnly is true in ${where}: Claude Code calls only its administrator's hooks, so Clew sees nothing live.`,
        ]
      : []),
  ];
}

function cleanupWarnings(days: unknown): readonly string[] {
  if (typeof days !== "number")
    return [
      `cleanupPeriodDays is not set: Claude Code deletes transcripts after ${DEFAULT_CLEANUP_DAYS} days. Clew keeps what it has read by then.`,
    ];
  if (days >= FEWEST_CLEANUP_DAYS) return [];
  return [
    `cleanupPeriodDays is ${days}: Claude Code deletes transcripts after ${days === 1 ? "a day" : `${days} days`}. Clew keeps only what it has read by then, so run it more often than that.`,
  ];
}

function pluginWarnings(root: Node | null): readonly string[] {
  const plugins = propertyNamed(root, "enabledPlugins");
  const enabled = propertiesOf(plugins && valueIn(plugins))
    .filter((property) => keyOf(property).startsWith("clew@") && valueIn(property)?.value !== false)
    .map(keyOf);
  if (enabled.length === 0) return [];
  return [
    `The plugin ${enabled.join(", ")} is enabled as well: each hook is called twice. Nothing is counted twice, since both records are joined, but one of the two is enough.`,
  ];
}
