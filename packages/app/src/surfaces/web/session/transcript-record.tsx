/** @module One record of a transcript: its time, who speaks, its blocks. */
import { memo } from "preact/compat";
import { Link } from "wouter-preact";
import type { Block, TimelineRow } from "../../http/answers.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { absolute, clock, compact, count, modelName, money } from "../state/format.ts";
import { isLiveType } from "./live-type.ts";
import { Markdown } from "./markdown.tsx";
import { permalink, select, selection } from "./selection.ts";
import { TextBox } from "./text-box.tsx";
import { ToolCall, ToolResult } from "./tool-block.tsx";

export interface TranscriptRecordProps {
  readonly row: TimelineRow;
  readonly sessionId: string;
  readonly isSelected: boolean;
}

/** Drawn again only when its own content or selection changes. */
export const TranscriptRecord = memo(DrawnRecord, (a, b) => a.row === b.row && a.isSelected === b.isSelected);

function DrawnRecord({ row, sessionId, isSelected }: TranscriptRecordProps) {
  const who = speaker(row);
  if (who === "boundary") return <Boundary row={row} isSelected={isSelected} />;
  const children = [
    ...new Set(row.tool_calls.filter((call) => call.part === "call").flatMap((call) => call.child_session_id ?? [])),
  ];
  return (
    <article
      class="record"
      data-who={who}
      data-event={row.event_id}
      data-type={who === "live" ? row.type : undefined}
      tabIndex={-1}
      aria-current={isSelected ? "true" : undefined}
      aria-label={`${LABELS[who]} ${clock(row.ts)}`}
    >
      <button
        type="button"
        class="record-time"
        title={`${absolute(row.ts)} · show in the waterfall`}
        aria-label={`Show ${clock(row.ts) || "this record"} in the waterfall`}
        onClick={() => select(row.event_id, "transcript")}
      >
        {clock(row.ts) || "–"}
      </button>
      <div class="record-body">
        {who === "user" || who === "agent-prompt" ? (
          <p class="record-who">{who === "user" ? "Prompt" : "Task from the parent agent"}</p>
        ) : null}
        {row.blocks.map((block, index) => (
          <BlockView key={index} block={block} row={row} />
        ))}
        {children.map((id) => (
          <Link key={id} class="child-link" href={`/sessions/${encodeURIComponent(id)}`}>
            Open this subagent's session →
          </Link>
        ))}
        {row.response ? <ResponseLine response={row.response} /> : null}
      </div>
      <div class="record-tools">
        <CopyButton text={() => row.blocks.map(plainText).join("\n\n")} label="Copy this record" />
        <CopyButton text={permalink(sessionId, row.event_id)} label="Copy a link to this record" />
      </div>
    </article>
  );
}

type Speaker = "user" | "agent-prompt" | "assistant" | "tool" | "system" | "live" | "problem" | "boundary";
const LABELS: Readonly<Record<Exclude<Speaker, "boundary">, string>> = {
  user: "Prompt",
  "agent-prompt": "Task",
  assistant: "Assistant",
  tool: "Tool",
  system: "System",
  live: "Live event",
  problem: "Unreadable record",
};

/** Hooks that say what a transcript says, for sessions that have none. */
const LIVE_SPEAKERS: Readonly<Record<string, Speaker>> = {
  "hook.user-prompt-submit": "user",
  "hook.pre-tool-use": "assistant",
  "hook.post-tool-use": "tool",
  "hook.post-tool-use-failure": "tool",
  "hook.permission-denied": "tool",
};

function speaker(row: TimelineRow): Speaker {
  if (row.type === "compaction" || row.type === "turn.end") return "boundary";
  if (row.type === "problem") return "problem";
  if (isLiveType(row.type)) return LIVE_SPEAKERS[row.type] ?? "live";
  if (row.type === "user.prompt" || row.type === "attachment.queued_command")
    return row.origin === "agent" ? "agent-prompt" : "user";
  if (row.type === "tool.result" || row.type === "tool.output") return "tool";
  if (row.type === "assistant.error" || row.type === "api.error") return "problem";
  if (row.type.startsWith("assistant.") || row.type === "tool.call") return "assistant";
  return "system";
}

function Boundary({ row, isSelected }: { readonly row: TimelineRow; readonly isSelected: boolean }) {
  const text = row.blocks.map((block) => ("text" in block ? block.text : "")).join(" ");
  const isTurn = row.type === "turn.end";
  return (
    <div
      class="boundary"
      data-kind={row.type}
      data-event={row.event_id}
      tabIndex={-1}
      aria-current={isSelected ? "true" : undefined}
      role="note"
      aria-label={`${isTurn ? "Turn ended" : "Context compacted"} ${text}`}
    >
      <span>{isTurn ? `turn took ${text}` : `context compacted${text ? ` · ${text.slice(0, 120)}` : ""}`}</span>
    </div>
  );
}

function BlockView({ block, row }: { readonly block: Block; readonly row: TimelineRow }) {
  const callOf = (id: string | null, part: "call" | "result") =>
    row.tool_calls.find((call) => call.tool_use_id === id && call.part === part) ??
    row.tool_calls.find((call) => call.tool_use_id === id);
  switch (block.kind) {
    case "text":
      return <Markdown text={block.text} />;
    case "thinking":
      return block.text ? (
        <details class="thinking">
          <summary>Thinking · {count(block.text.length)} characters</summary>
          <Markdown text={block.text} />
        </details>
      ) : (
        <p class="faint">Thinking, not recorded</p>
      );
    case "tool_call":
      return <ToolCall block={block} call={callOf(block.toolUseId, "call")} />;
    case "tool_result":
      return <ToolResult block={block} call={callOf(block.toolUseId, "result")} />;
    case "attachment":
      return (
        <details class="attachment">
          <summary>{block.label}</summary>
          <TextBox text={block.text} label={block.label} />
        </details>
      );
    case "notice":
      return (
        <p class="notice">
          <b>{block.label}</b> {block.text.length > 2_000 ? `${block.text.slice(0, 2_000)}…` : block.text}
        </p>
      );
    case "raw":
      return <TextBox text={block.text} label="record as written" />;
  }
}

function ResponseLine({ response }: { readonly response: NonNullable<TimelineRow["response"]> }) {
  const context = response.input_tokens + response.cache_creation_input_tokens + response.cache_read_input_tokens;
  return (
    <p
      class="response-line"
      title={`${response.response_id}\n${count(response.input_tokens)} input, ${count(response.cache_creation_input_tokens)} cache writes, ${count(response.cache_read_input_tokens)} cache reads, ${count(response.output_tokens)} output`}
    >
      {modelName(response.model)} · {compact(context)} in · {compact(response.output_tokens)} out ·{" "}
      {money(response.cost_usd)}
    </p>
  );
}

function plainText(block: Block): string {
  if (block.kind === "tool_call") return `${block.name} ${JSON.stringify(block.input, null, 2)}`;
  return block.text;
}

/** Whether a record is the one that both views point at. Read inside a component, so that it follows the signal. */
export function isSelected(row: TimelineRow): boolean {
  return selection.value?.eventId === row.event_id;
}
