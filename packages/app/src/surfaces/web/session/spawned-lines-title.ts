/** @module The log lines under a tool call, in one sentence. */
import { plural } from "../state/format.ts";
import type { SpawnedLines } from "./spawned-lines.ts";

/** "12 log lines from 2 sessions of kiln-api" */
export function titleOf({ lines, isLeast, sessions, services }: SpawnedLines): string {
  const named = [...services].slice(0, 3).join(", ");
  const more = services.size > 3 ? ` and ${services.size - 3} more` : "";
  return [
    `${isLeast ? "at least " : ""}${plural(lines, "log line")}`,
    sessions.size > 0 ? `from ${plural(sessions.size, "session")}` : "",
    named ? `of ${named}${more}` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
