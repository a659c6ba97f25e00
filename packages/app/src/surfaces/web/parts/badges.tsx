/** @module Small marks beside a session's title: what it has, and what is not as it should be. */
import type { SessionRow } from "../../../model/answers.ts";
import { isProgram } from "../../../model/session-below.ts";
import { count, plural } from "../state/format.ts";

export function Badges({ row }: { readonly row: SessionRow }) {
  return (
    <span class="badges">
      {row.subagents > 0 ? (
        <span
          class="badge"
          title={plural(
            row.subagents,
            isProgram(row.agent) ? "session below" : "subagent",
            isProgram(row.agent) ? "sessions below" : "subagents",
          )}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M4 3.5v5a3 3 0 0 0 3 3h5M4 6.5h8" />
          </svg>
          <span class="hidden">{isProgram(row.agent) ? "sessions below: " : "subagents: "}</span>
          {count(row.subagents)}
        </span>
      ) : null}
      {row.forked_from ? (
        <span class="badge" title={`continues from ${row.forked_from}`}>
          fork
        </span>
      ) : null}
      {row.unpriced_responses > 0 && row.unpriced_responses < row.responses ? (
        <span
          class="badge warn"
          title={`${plural(row.unpriced_responses, "response")} of a model without a known price`}
        >
          + unpriced
        </span>
      ) : null}
      {row.output_undercounted ? (
        <span
          class="badge warn"
          title="The client that wrote this session recorded only placeholder output counts: real output is higher"
        >
          output ≥
        </span>
      ) : null}
      {row.source_missing ? (
        <span class="badge" title="The transcript is gone from disk; Clew keeps what it read">
          archived
        </span>
      ) : null}
      {row.problems > 0 ? (
        <span class="badge warn" title={`${plural(row.problems, "record")} could not be read`}>
          {count(row.problems)} unreadable
        </span>
      ) : null}
    </span>
  );
}
