/** @module The dashboard's questions, answered by query/ from one read-only database. */
import type { Clock } from "../../base/clock.ts";
import { changesSince } from "../../query/changes.ts";
import { costBy } from "../../query/cost.ts";
import { costSeries } from "../../query/cost-series.ts";
import { archiveCounts } from "../../query/counts.ts";
import { sessionFacets } from "../../query/facets.ts";
import type { Reader } from "../../query/reader.ts";
import { searchEvents } from "../../query/search.ts";
import { getSession } from "../../query/session-detail.ts";
import { listSessions } from "../../query/sessions.ts";
import { sessionSpans } from "../../query/spans.ts";
import { sessionTimeline } from "../../query/timeline.ts";
import { toolStats } from "../../query/tools.ts";
import { sessionTree } from "../../query/tree.ts";
import type { Questions } from "./questions.ts";

/** Binds every question to `reader`; "now" is read anew for each. */
export function bindQuestions({ reader, clock }: { readonly reader: Reader; readonly clock: Clock }): Questions {
  return {
    sessions: (question) => listSessions(reader, { ...question, now: clock() }),
    facets: (question) => sessionFacets(reader, { ...question, now: clock() }),
    session: (sessionId) => getSession(reader, { sessionId, now: clock() }),
    tree: (sessionId) => sessionTree(reader, { sessionId, now: clock() }),
    timeline: (question) => sessionTimeline(reader, question),
    spans: (sessionId) => sessionSpans(reader, { sessionId }),
    cost: (question) => costBy(reader, { ...question, now: clock() }),
    costSeries: (question) => costSeries(reader, { ...question, now: clock() }),
    search: (question) => searchEvents(reader, { ...question, now: clock() }),
    tools: (question) => toolStats(reader, { ...question, now: clock() }),
    counts: () => archiveCounts(reader),
    changesSince: (seq) => changesSince(reader, { seq }),
  };
}
