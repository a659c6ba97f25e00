/** @module One run of the status line: the client's JSON in, one line out. Opens no database and reads no transcript. */
import { writeSync } from "node:fs";
import { clewPaths, type Environment } from "../../base/paths.ts";
import { readStatuslineFile } from "../../base/statusline-file.ts";
import { createPlaceResolver } from "../../place/place.ts";
import { objectIn, readInput } from "./hook-input.ts";
import { statuslineText } from "./statusline-text.ts";

/** The client runs this again within a second. Milliseconds. */
const TIME_LIMIT_MS = 1000;

/** Ends the process by itself only when the time is up. */
export async function runStatusline(env: Environment): Promise<void> {
  setTimeout(() => process.exit(0), TIME_LIMIT_MS).unref();
  try {
    const input = objectIn(await readInput(process.stdin));
    const prepared = readStatuslineFile(clewPaths(env).statusline);
    const hasWorkspaces = prepared !== null && Object.keys(prepared.workspaces).length > 0;
    const text = statuslineText(input, prepared, hasWorkspaces ? workspaceOf(input, env) : null, Date.now());
    if (text !== "") writeSync(1, `${text}\n`);
  } catch {
    // An empty status line says as much as an error in it would.
  }
}

function workspaceOf(input: Readonly<Record<string, unknown>> | null, env: Environment): string | null {
  const workspace = input?.workspace as { readonly project_dir?: unknown } | undefined;
  const directory = [workspace?.project_dir, input?.cwd].find((path) => typeof path === "string" && path !== "");
  if (typeof directory !== "string") return null;
  return createPlaceResolver(env.HOME || env.USERPROFILE || "")(directory, "").workspaceId;
}
