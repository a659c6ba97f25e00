/** @module Whether agents are given an entry's title, for the dashboard: by the very rule by which a session's context is made. */
import { homedir } from "node:os";
import type { Environment } from "../base/paths.ts";
import { judgeEntry } from "../context/policy.ts";
import { principalOf } from "../context/principal.ts";
import { belongsTo } from "../context/scope.ts";
import type { Place } from "../model/place.ts";
import { createPlaceResolver } from "../place/place.ts";
import type { OpenEntry } from "../query/shared-context.ts";
import { ownEnvironment } from "./shared-writer.ts";

const AGENT = "claude-code";

/** For a session of the agent that starts where the entry was written; what git and the user's rules say is read at each question. */
export function createTitleJudge(env: Environment): (entry: OpenEntry) => boolean {
  const own = ownEnvironment(env);
  const userHome = own.HOME ?? homedir();
  return (entry) => {
    const place = placeOf(entry, userHome);
    return judgeEntry(entry, principalOf(AGENT, place, own, userHome), (workspace) => belongsTo(place, workspace))
      .allowed;
  };
}

/** Of a directory that no session has been in only its id is known: there, too, the person is whom git names in general. */
function placeOf({ workspaceId, workspacePath }: OpenEntry, userHome: string): Place {
  const place = createPlaceResolver(userHome)(workspacePath ?? userHome, "");
  return workspacePath === null && workspaceId !== null ? { ...place, workspaceId } : place;
}
