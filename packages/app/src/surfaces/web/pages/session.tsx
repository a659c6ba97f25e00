/** @module One session: head, waterfall, transcript and what stands beside it. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import type { SessionsAnswer } from "../../../model/answers.ts";
import type { SessionDetail, Span, SpansAnswer, TreeNode } from "../../http/answers.ts";
import type { TimelineView } from "../../http/questions.ts";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { CorrelatedTimeline } from "../session/correlated/correlated-timeline.tsx";
import { Overview } from "../session/overview/overview.tsx";
import { eventOfAddress, select, selection } from "../session/selection.ts";
import { SessionHead } from "../session/session-head.tsx";
import { SessionSide } from "../session/session-side.tsx";
import { SESSION_TABS, type SessionTab, SessionTabs } from "../session/session-tabs.tsx";
import { Transcript } from "../session/transcript.tsx";
import { Waterfall } from "../session/waterfall.tsx";
import { liveActivity } from "../state/activity.ts";
import { ask } from "../state/api.ts";
import { useUrl } from "../state/filter-url.ts";
import { useKeys } from "../state/keys.ts";
import { useAnswer } from "../state/use-answer.ts";

export function SessionPage({ id }: { readonly id: string }) {
  const path = `sessions/${encodeURIComponent(id)}`;
  const [, navigate] = useLocation();
  const url = useUrl();
  const tab: SessionTab = SESSION_TABS.find((one) => one === url.get("tab")) ?? "transcript";
  const [view, setView] = useState<TimelineView>("reader");
  const [isReady, setReady] = useState(false);
  const detail = useAnswer<SessionDetail>(path, {}, { follow: id, every: 500 });
  const spans = useAnswer<SpansAnswer>(`${path}/spans`, {}, { follow: id, every: 2_000 });
  const tree = useAnswer<TreeNode>(`${path}/tree`, {}, { follow: id, every: 1_000 });
  const session = detail.data?.session;
  useEffect(() => {
    const follow = () => {
      const event = eventOfAddress();
      selection.value = event ? { eventId: event, from: "address" } : null;
    };
    follow();
    setReady(true);
    addEventListener("hashchange", follow);
    return () => {
      removeEventListener("hashchange", follow);
      selection.value = null;
    };
  }, []);
  useEffect(() => {
    if (session) document.title = `${session.title ?? session.session_id} · Clew`;
  }, [session]);
  const showTab = (next: SessionTab) => {
    // The overview points at no event; coming back to its address must not lead to one.
    if (next === "overview") selection.value = null;
    // Each side has its own way to point: the transcript the fragment, the timeline ?at=.
    if (next !== "transcript") history.replaceState(history.state, "", location.pathname + location.search);
    url.set({ tab: next === "transcript" ? null : next, ...NOT_OF[next] });
  };
  // Whoever points at an event wants to see it.
  const chosen = selection.value?.eventId;
  useEffect(() => {
    if (chosen && tab === "overview") showTab("transcript");
  }, [chosen]);
  const neighbour = async (direction: 1 | -1) => {
    if (!session?.ended_at) return;
    // The list's own order is by end, newest first: the neighbour is the first one before or after this one's end.
    const q = direction === 1 ? `until:${session.ended_at}` : `since:${session.ended_at}`;
    const answer = await ask<SessionsAnswer>("sessions", {
      q,
      sort: direction === 1 ? "newest" : "oldest",
      limit: 50,
    }).catch(() => null);
    const rows = answer?.rows ?? [];
    const next =
      rows[rows.findIndex((row) => row.session_id === session.root_session_id) + 1] ??
      rows.find((row) => row.session_id !== session.root_session_id);
    if (next) navigate(`/sessions/${encodeURIComponent(next.session_id)}`);
  };
  /** Goes to the next moment of the main lane that `matches`; the spans know all of them, the transcript only its window. */
  const leap = (direction: 1 | -1, matches: (span: Span) => boolean) => {
    const all = (spans.data?.spans ?? [])
      .filter((span) => span.lane === 0 && span.event_id !== null)
      .sort((a, b) => a.start - b.start);
    const here =
      all.find((span) => span.event_id === selection.value?.eventId)?.start ??
      (direction === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const found = all.filter((span) => matches(span) && (direction === 1 ? span.start > here : span.start < here));
    const next = direction === 1 ? found[0] : found.at(-1);
    if (next?.event_id) select(next.event_id, "address");
  };
  const isTurn = (span: Span) => span.kind === "turn";
  const isFailure = (span: Span) => span.status !== "ok" && span.status !== "pending";
  useKeys([
    { keys: ["n"], label: "Next prompt", run: () => leap(1, isTurn) },
    { keys: ["p"], label: "Previous prompt", run: () => leap(-1, isTurn) },
    { keys: ["e"], label: "Next failed tool call", run: () => leap(1, isFailure) },
    { keys: ["E"], label: "Previous failed tool call", run: () => leap(-1, isFailure) },
    { keys: ["]"], label: "Older session", run: () => void neighbour(1) },
    { keys: ["["], label: "Newer session", run: () => void neighbour(-1) },
    {
      keys: ["o"],
      label: "Overview or transcript",
      run: () => showTab(tab === "overview" ? "transcript" : "overview"),
    },
    {
      keys: ["t"],
      label: "Timeline or transcript",
      run: () => showTab(tab === "timeline" ? "transcript" : "timeline"),
    },
    { keys: ["u"], label: "Back to the list", run: () => navigate("/") },
  ]);
  if (detail.error && !detail.data) {
    return detail.error.status === 404 ? (
      <Empty title="No session has this id">
        <p class="mono">{id}</p>
      </Empty>
    ) : (
      <Failure error={detail.error} retry={detail.retry} />
    );
  }
  if (!detail.data || !isReady) return <Loading />;
  return (
    <div class="session-page">
      <SessionHead detail={detail.data} onOutcome={() => showTab("overview")} />
      {spans.data && spans.data.spans.length > 0 ? <Waterfall answer={spans.data} /> : null}
      {spans.error && !spans.data ? <Failure error={spans.error} retry={spans.retry} /> : null}
      <div class="session-columns">
        {tab === "overview" ? (
          <section class="transcript" aria-label="Overview of the session">
            <header class="panel-head">
              <SessionTabs tab={tab} onTab={showTab} />
            </header>
            <Overview detail={detail.data} tree={tree.data} />
          </section>
        ) : tab === "timeline" ? (
          <CorrelatedTimeline
            sessionId={id}
            isLive={liveActivity(detail.data.session) !== null}
            tabs={<SessionTabs tab={tab} onTab={showTab} />}
          />
        ) : (
          <Transcript
            sessionId={id}
            view={view}
            isLive={liveActivity(detail.data.session) !== null}
            tabs={<SessionTabs tab={tab} onTab={showTab} />}
            onView={setView}
          />
        )}
        <SessionSide detail={detail.data} tree={tree.data} />
      </div>
    </div>
  );
}

/** What a side's address does not hold: the timeline's choices and place are its own. */
const OF_TIMELINE = { at: null, call: null, open: null, source: null, level: null, service: null };
const NOT_OF: Readonly<Record<SessionTab, Readonly<Record<string, null>>>> = {
  transcript: OF_TIMELINE,
  timeline: {},
  overview: OF_TIMELINE,
};
