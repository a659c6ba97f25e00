/** @module A hook event's name as the type of an event: `PreToolUse` becomes `hook.pre-tool-use`, also a name that nobody knows. */

const LIMIT = 60;

export function hookEventType(name: unknown): string {
  if (typeof name !== "string" || name === "") return "hook.none";
  const kebab = name
    .slice(0, 4 * LIMIT)
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .slice(0, LIMIT)
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
  return `hook.${kebab || "other"}`;
}
