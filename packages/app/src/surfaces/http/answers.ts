/** @module The shapes that the pages receive beside model/answers.ts, by their one name. */

export type { Block, PatchHunk } from "../../model/present.ts";
export type { CallDetail } from "../../query/call-detail.ts";
export type { ChangesAnswer } from "../../query/changes.ts";
export type { CorrelatedFacet, CorrelatedFacets } from "../../query/correlated-facets.ts";
export type { CorrelatedRow, CorrelatedSource } from "../../query/correlated-row.ts";
export type { CorrelatedPage } from "../../query/correlated-timeline.ts";
export type { CostSeries } from "../../query/cost-series.ts";
export type { ArchiveCounts } from "../../query/counts.ts";
export type { DataQuality } from "../../query/data-quality.ts";
export type { DoctorAnswer, DoctorCheck } from "../../query/doctor.ts";
export type { FacetName, FacetsAnswer, FacetValue } from "../../query/facets.ts";
export type { FoundId, IdKind } from "../../query/find-id.ts";
export type { GraphEdge, GraphNode, Neighbourhood } from "../../query/graph-around.ts";
export type { GraphList, GraphListRow, GraphWebEntity } from "../../query/graph-web.ts";
export type { GraphNews, MemoryNews } from "../../query/inbox-memory.ts";
export type { LogContextAnswer } from "../../query/log-context.ts";
export type { LogFacet, LogFacetName, LogJoin, LogsAnswer } from "../../query/log-lines.ts";
export type { LogRow } from "../../query/log-row.ts";
export type { MemorySearchAnswer, MemorySearchRow } from "../../query/memory-search.ts";
export type {
  MemoryList,
  MemoryListRow,
  MemoryWebFile,
  MemoryWebVersion,
  WrittenWords,
} from "../../query/memory-web.ts";
export type { ModelCallRow, ModelCallsAnswer } from "../../query/model-calls.ts";
export type { OutcomeItem, SessionOutcome } from "../../query/outcome.ts";
export type { ProblemRow } from "../../query/problems.ts";
export type { SearchResult } from "../../query/search.ts";
export type { InjectedContextRow, McpUsageRow, SessionDetail, SessionFactRow } from "../../query/session-detail.ts";
export type { Lane, Span, SpansAnswer } from "../../query/spans.ts";
export type { TimelinePage, TimelineResponse, TimelineRow, TimelineToolCall } from "../../query/timeline.ts";
export type { TreeNode } from "../../query/tree.ts";
export type {
  EntryFacetName,
  EntryFacetValue,
  WebEntriesAnswer,
  WebEntryRow,
} from "../../query/web-entries.ts";
export type { LinkedSession, WebLink } from "../../query/web-entry.ts";
export type { WebInbox, WebInboxCount, WebInboxItem } from "../../query/web-inbox.ts";
export type { ThreadRow, ThreadsAnswer } from "../../query/web-messages.ts";
export type { KnownProject, PeopleAnswer } from "../../query/web-people.ts";
export type { SharedTrust } from "../../query/web-trust.ts";
export type { Whose } from "../../query/whose-words.ts";
export type { EntryAnswer, MessageAnswer, ThreadAnswer } from "./shared-answers.ts";
