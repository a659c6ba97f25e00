/** @module The dashboard's questions, answered by query/ from one read-only database. */
import type { Clock } from "../../base/clock.ts";
import { activeSessions } from "../../query/active.ts";
import { callDetail } from "../../query/call-detail.ts";
import { changesSince } from "../../query/changes.ts";
import { parseCursor } from "../../query/correlated-cursor.ts";
import { correlatedTimeline } from "../../query/correlated-timeline.ts";
import { costBy } from "../../query/cost.ts";
import { costSeries } from "../../query/cost-series.ts";
import { archiveCounts } from "../../query/counts.ts";
import { doctorReport } from "../../query/doctor.ts";
import { sessionFacets } from "../../query/facets.ts";
import { findId } from "../../query/find-id.ts";
import { logContext } from "../../query/log-context.ts";
import { findLogs } from "../../query/log-lines.ts";
import { modelCalls } from "../../query/model-calls.ts";
import type { Reader } from "../../query/reader.ts";
import { searchEvents } from "../../query/search.ts";
import { getSession } from "../../query/session-detail.ts";
import { listSessions } from "../../query/sessions.ts";
import { sessionSpans } from "../../query/spans.ts";
import { sessionTimeline } from "../../query/timeline.ts";
import { toolStats } from "../../query/tools.ts";
import { sessionTree } from "../../query/tree.ts";
import type { TrustAsker } from "../../query/web-trust.ts";
import { bindMemoryQuestions } from "./bind-memory-questions.ts";
import { bindSharedQuestions } from "./bind-shared-questions.ts";
import type { HealthReport, Questions } from "./questions.ts";

/** Lines that could not be read, as many as a page shows. */
const PROBLEMS_SHOWN = 100;
/** A report is kept so many times as long as it took, so that open pages spend at most a hundredth of the time on it. */
const KEPT_TIMES = 100;
/** And this long at least. Milliseconds. */
const KEPT_MS = 5_000;

export interface BindOptions {
  readonly reader: Reader;
  readonly clock: Clock;
  /** Identity of who is signed in; null or left out: nobody is known. */
  readonly person?: string | null;
  /** Whether a session that starts where an entry was written is given its title; left out: none is. */
  readonly isTitleGiven?: TrustAsker["isTitleGiven"];
}

/** Binds every question to `reader`; "now" is read anew for each. */
export function bindQuestions({ reader, clock, person = null, isTitleGiven = () => false }: BindOptions): Questions {
  return {
    sessions: (question) => listSessions(reader, { ...question, now: clock() }),
    active: (question) => activeSessions(reader, { ...question, now: clock() }),
    facets: (question) => sessionFacets(reader, { ...question, now: clock() }),
    session: (sessionId) => getSession(reader, { sessionId, now: clock() }),
    tree: (sessionId) => sessionTree(reader, { sessionId, now: clock() }),
    timeline: (question) => sessionTimeline(reader, question),
    spans: (sessionId) => sessionSpans(reader, { sessionId }),
    cost: (question) => costBy(reader, { ...question, now: clock() }),
    costSeries: (question) => costSeries(reader, { ...question, now: clock() }),
    search: (question) => searchEvents(reader, { ...question, now: clock() }),
    logs: (question) => findLogs(reader, question),
    logContext: (question) => logContext(reader, question),
    correlated: (question) => correlatedTimeline(reader, question),
    isCorrelatedCursor: (text) => parseCursor(text) !== null,
    calls: (question) => modelCalls(reader, question),
    call: (id) => callDetail(reader, id),
    find: (id) => findId(reader, id),
    memory: bindMemoryQuestions(reader, person),
    shared: bindSharedQuestions({ reader, clock, person, isTitleGiven }),
    tools: (question) => toolStats(reader, { ...question, now: clock() }),
    health: healthReports(reader, clock),
    counts: () => archiveCounts(reader),
    changesSince: (seq) => changesSince(reader, { seq }),
  };
}

function healthReports(reader: Reader, clock: Clock): Questions["health"] {
  let kept: { readonly report: HealthReport; readonly at: number } | null = null;
  return ({ fresh }) => {
    const now = clock();
    const age = kept ? now - kept.at : 0;
    // An age below zero: the clock was set back.
    if (kept && !fresh && age >= 0 && age < Math.max(KEPT_MS, kept.report.took_ms * KEPT_TIMES)) return kept.report;
    const answer = doctorReport(reader, { path: reader.name, problems: PROBLEMS_SHOWN });
    const report = { ...answer, checked_at: new Date(now).toISOString(), took_ms: Math.max(0, clock() - now) };
    kept = { report, at: now };
    return report;
  };
}
