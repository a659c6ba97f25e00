/** @module An answer with words of others in it is taken down for the session that asked, where it is known. */
import { noteForeignRead } from "../../authoring/foreign-read.ts";
import { noteRecordsShown } from "../../authoring/records-shown.ts";
import { sessionAuthor } from "../../query/session-author.ts";
import { sessionOfToolCall } from "../../query/tool-calls.ts";
import type { ToolCall } from "./services.ts";

/** The session around a server of its own; over HTTP that of the call. Of others the record of the call's result tells it later. */
export function noteForeignShown({ services, seen, toolUseId }: ToolCall): void {
  seen.foreign = true;
  const { env, clock, cwd } = services;
  if (cwd !== null) {
    noteRecordsShown(env, clock, { by: "mcp", cwd });
    return;
  }
  if (toolUseId === null) return;
  const found = services.ask((db) => {
    const sessionId = sessionOfToolCall(db, toolUseId);
    const author = sessionId === null ? null : sessionAuthor(db, sessionId);
    return sessionId === null || !author || author.tainted ? null : { sessionId, workspaceId: author.workspaceId };
  });
  if (found) noteForeignRead({ env, clock, ...found, by: "mcp" });
}
