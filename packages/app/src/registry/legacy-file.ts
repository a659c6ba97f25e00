/**
 * @module Reads the shared file in which older hook set-ups kept a project's session: an id and a time, under a name that
 * anybody can guess in a directory that anybody can write. Only for who asks for it, and only when the file is provably ours.
 */
import { basename, join } from "node:path";
import type { Environment } from "../base/paths.ts";
import { isSessionId } from "../base/session-id.ts";
import { createPlaceResolver } from "../place/place.ts";
import { MOST_ENTRY_BYTES } from "./entry.ts";
import { readPrivateFile } from "./private-file.ts";

/** Its writers call it stale after a day. */
const STALE_MS = 24 * 3_600_000;
/** A clock that was set back makes a fresh file look like one from the future. */
const AHEAD_MS = 2 * 3_600_000;

export interface LegacyOptions {
  readonly env: Environment;
  readonly cwd: string;
  readonly now: number;
  readonly temporaryDirectory: string;
}

/** The session in `<temporary directory>/claude_session_<project>`; null with the reason added. */
export function legacySession(
  options: LegacyOptions,
  reasons: string[],
): { readonly sessionId: string; readonly why: string } | null {
  const { env, cwd, now, temporaryDirectory } = options;
  const place = createPlaceResolver(env.HOME ?? "")(cwd, "");
  const names = new Set([place.projectName, place.workspaceName, basename(cwd)]);
  for (const name of names) {
    if (name === "" || name.includes("/") || name.includes("\0")) continue;
    const path = join(temporaryDirectory, `claude_session_${name}`);
    const file = readPrivateFile(path, MOST_ENTRY_BYTES);
    if (file === "missing") {
      reasons.push(`there is no ${path}`);
      continue;
    }
    const [id, time] = file?.text.split(/\r?\n/) ?? [];
    const written = Date.parse(time ?? "");
    if (file === null || !isSessionId(id) || Number.isNaN(written)) reasons.push(`${path} is not believed`);
    else if (now - Math.min(written, file.mtimeMs) > STALE_MS || written - now > AHEAD_MS)
      reasons.push(`${path} is stale`);
    else return { sessionId: id, why: `${path} holds it` };
  }
  return null;
}
