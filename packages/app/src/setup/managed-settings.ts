/** @module An administrator's settings for Claude Code, which go over the user's: only looked at. */
import { readFileSync } from "node:fs";
import { parseSettings } from "./settings-text.ts";
import { managedWarnings } from "./warnings.ts";

function managedPaths(platform: NodeJS.Platform): readonly string[] {
  if (platform === "darwin") return ["/Library/Application Support/ClaudeCode/managed-settings.json"];
  return platform === "win32"
    ? ["C:\\Program Files\\ClaudeCode\\managed-settings.json"]
    : ["/etc/claude-code/managed-settings.json"];
}

/** Sentences about what an administrator has switched off. A file that cannot be read or understood has none. */
export function managedSettingsWarnings(platform: NodeJS.Platform, paths = managedPaths(platform)): readonly string[] {
  return paths.flatMap((path) => {
    try {
      return managedWarnings(parseSettings(readFileSync(path), path).root, path);
    } catch {
      return [];
    }
  });
}
