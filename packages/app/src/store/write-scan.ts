/** @module Writes what the usage scan found: sessions, responses and sums, minutes before the full text of a large archive is read. */
import type { ScannedFile } from "../model/scanned-file.ts";
import type { WriteContext } from "./context.ts";
import type { Projections } from "./project/apply.ts";
import type { SourceTable } from "./source-table.ts";
import { slugOf } from "./write-batch.ts";

/** The full read computes these from events; until then the scan's word stands. */
const EARLY_TIMES = "UPDATE sessions SET started_at = ?, ended_at = ? WHERE session_id = ? AND guessed = 1";
const EMPTY = new Uint8Array();

export function scanWriter(context: WriteContext, projections: Projections, sources: SourceTable) {
  const earlyTimes = context.db.prepare(EARLY_TIMES);
  const { sessions } = projections;

  return (files: readonly ScannedFile[]): (() => void) => {
    // All sessions first: who owns a shared response depends on when each file was written.
    for (const { file, writtenAt, cwd, clientVersion, gitBranch, title, bytes } of files) {
      const slug = slugOf(file);
      const source = sources.ensure(file, EMPTY, 0);
      const session = sessions.ensure(file.sessionId, file.rootSessionId, file.agent, null, slug);
      if (writtenAt !== null) sessions.writtenAt(session, writtenAt);
      sources.scanned(source.sourceId, bytes, writtenAt);
      // What records have said already, an agent's description perhaps, is better than a guess.
      if (!sessions.isBlank(session)) continue;
      const said = {
        ...(cwd === null ? {} : { cwd }),
        ...(clientVersion === null ? {} : { clientVersion }),
        ...(gitBranch === null ? {} : { gitBranch }),
      };
      sessions.say(session, { kind: "session", sessionId: file.sessionId, ...said }, slug, file.agent, true);
      if (title) sessions.title(session, { kind: "title", ...title });
      sessions.guessed(session);
    }
    for (const { file, responses } of files) {
      const speaker = projections.sessionOf(file.sessionId);
      for (const response of responses) {
        const session =
          response.sessionId === file.sessionId
            ? speaker
            : sessions.ensure(response.sessionId, speaker.rootSessionId, file.agent, null, slugOf(file));
        projections.responses.apply(response, session, null);
      }
    }
    return () => {
      for (const { file, firstTs, lastTs } of files) earlyTimes.run(firstTs, lastTs, file.sessionId);
    };
  };
}
