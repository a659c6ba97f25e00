/** @module What the dashboard asks; bind-questions.ts answers from the database, tests answer from memory. */
import type { CostAnswer, CostGrouping, IsoTime, SessionsAnswer, ToolRow } from "../../model/answers.ts";
import type { CallDetail } from "../../query/call-detail.ts";
import type { CorrelatedQuestion } from "../../query/correlated-timeline.ts";
import type { Filter } from "../../query/filter/filter.ts";
import type { LogContextQuestion } from "../../query/log-context.ts";
import type { LogsQuestion } from "../../query/log-lines.ts";
import type { ModelCallsQuestion } from "../../query/model-calls.ts";
import type {
  ArchiveCounts,
  ChangesAnswer,
  CorrelatedPage,
  CorrelatedSource,
  CostSeries,
  DoctorAnswer,
  FacetsAnswer,
  FoundId,
  LogContextAnswer,
  LogJoin,
  LogsAnswer,
  ModelCallsAnswer,
  SearchResult,
  SessionDetail,
  SpansAnswer,
  TimelinePage,
  TreeNode,
} from "./answers.ts";
import type { MemoryQuestions } from "./memory-questions.ts";
import type { SharedQuestions } from "./shared-questions.ts";

export const SESSION_SORTS = ["newest", "oldest", "cost", "tokens", "duration", "tools", "errors"] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];
export const SEARCH_SORTS = ["newest", "relevance"] as const;
export type SearchSort = (typeof SEARCH_SORTS)[number];
export const SERIES_UNITS = ["hour", "day", "week", "month"] as const;
export type SeriesUnit = (typeof SERIES_UNITS)[number];
export const SERIES_SPLITS = ["model", "project", "agent", "none"] as const;
export type SeriesSplit = (typeof SERIES_SPLITS)[number];

/** Where the rows of an interleaved timeline come from, and by what log lines came to their sessions. */
export const CORRELATED_SOURCES: readonly CorrelatedSource[] = ["transcript", "hook", "llm", "log", "span", "other"];
export const LOG_JOINS: readonly LogJoin[] = ["id", "trace", "process", "none"];

/** What a transcript shows: every record, what a reader wants, or prompts and answers alone. */
export const TIMELINE_VIEWS = ["reader", "focus", "all"] as const;
export type TimelineView = (typeof TIMELINE_VIEWS)[number];

export const VIEW_TYPES: Readonly<Record<TimelineView, readonly string[] | undefined>> = {
  all: undefined,
  reader: [
    "user.prompt",
    "user.meta.command",
    "user.meta.shell",
    "user.meta.output",
    "user.meta.notification",
    "user.meta.interruption",
    "user.meta.summary",
    "attachment.queued_command",
    "assistant.*",
    "tool.*",
    "compaction",
    "api.error",
    "turn.end",
    "hook.*",
    "session.*",
    "context.*",
    "log.*",
    "event.*",
    "interaction",
    "*.imported",
    "import.*",
    "unknown.*",
    "problem",
  ],
  focus: [
    "user.prompt",
    "attachment.queued_command",
    "assistant.text",
    "assistant.error",
    "compaction",
    "hook.user-prompt-submit",
    "hook.stop",
    "session.outcome",
    "interaction",
  ],
};

export interface ListQuestion {
  readonly filter: Filter;
  /** IANA name; days of the filter begin at its midnights. */
  readonly timeZone: string;
}

/** A report of the database, and how old it is: it reads every table, so it is not made for every question. */
export interface HealthReport extends DoctorAnswer {
  readonly checked_at: IsoTime;
  readonly took_ms: number;
}

/** Every method is synchronous and reads only. */
export interface Questions {
  sessions(
    question: ListQuestion & { readonly limit: number; readonly offset: number; readonly sort: SessionSort },
  ): SessionsAnswer;
  /** What is going on, who waits first. */
  active(question: ListQuestion & { readonly limit: number }): SessionsAnswer;
  facets(question: ListQuestion): FacetsAnswer;
  session(sessionId: string): SessionDetail | null;
  tree(sessionId: string): TreeNode | null;
  timeline(question: {
    readonly sessionId: string;
    readonly afterId?: number;
    readonly beforeId?: number;
    readonly aroundEventId?: string;
    /** Event types; `*` at the end stands for any rest. Default all. */
    readonly types?: readonly string[];
    readonly limit: number;
  }): TimelinePage;
  spans(sessionId: string): SpansAnswer;
  cost(question: ListQuestion & { readonly by: CostGrouping }): CostAnswer;
  costSeries(question: ListQuestion & { readonly unit: SeriesUnit; readonly split: SeriesSplit }): CostSeries;
  search(
    question: ListQuestion & { readonly limit: number; readonly sort: SearchSort; readonly before?: number },
  ): SearchResult;
  logs(question: LogsQuestion): LogsAnswer;
  logContext(question: LogContextQuestion): LogContextAnswer | null;
  /** Transcript, hooks, calls of models, log lines and spans of a session and its descendants, by time. */
  correlated(question: CorrelatedQuestion): CorrelatedPage;
  isCorrelatedCursor(text: string): boolean;
  calls(question: ModelCallsQuestion): ModelCallsAnswer;
  /** One call, by its key or its response's: what was said in it, and log lines of that time. */
  call(id: string): CallDetail | null;
  /** What an id of any kind stands for. */
  find(id: string): readonly FoundId[];
  /** Entries, inbox and messages. */
  readonly shared: SharedQuestions;
  /** Memory files and the graph. */
  readonly memory: MemoryQuestions;
  tools(question: ListQuestion): { readonly rows: readonly ToolRow[] };
  /** `fresh`: made now, whatever the last one's age. */
  health(question: { readonly fresh: boolean }): HealthReport;
  counts(): ArchiveCounts;
  changesSince(seq: number): ChangesAnswer;
}
