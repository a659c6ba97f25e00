/**
 * @module What the transcript, the hooks and the client's telemetry say of one tool call, put together: content from the
 * transcript, timing from the hooks, each for the other where it is silent, and telemetry where both are. A pure function
 * of the sides, so the order of their arrival is nothing.
 */

type Ending = "ok" | "failed" | "denied" | "interrupted";

/** Columns of tool_calls that both sides fill. */
export interface StoredCall {
  readonly call_event_id: string | null;
  readonly result_event_id: string | null;
  readonly name: string | null;
  readonly tool: string | null;
  readonly mcp_server: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly duration_ms: number | null;
  readonly duration_source: "hook" | "client" | "telemetry" | "timestamps" | null;
  readonly status: Ending | "pending";
  readonly error: string | null;
  readonly summary: string | null;
  readonly file_path: string | null;
  readonly result_bytes: number | null;
  readonly child_session_id: string | null;
}

export const STORED_COLUMNS = [
  "call_event_id",
  "result_event_id",
  "name",
  "tool",
  "mcp_server",
  "started_at",
  "ended_at",
  "duration_ms",
  "duration_source",
  "status",
  "error",
  "summary",
  "file_path",
  "result_bytes",
  "child_session_id",
] as const satisfies readonly (keyof StoredCall)[];

interface Side {
  call_event_id: string | null;
  result_event_id: string | null;
  name: string | null;
  tool: string | null;
  mcp_server: string | null;
  started_at: number | null;
  ended_at: number | null;
  /** As measured by the client around the tool, milliseconds. */
  client_ms: number | null;
  /** Null: it has not ended, as far as this side knows. */
  status: Ending | null;
  error: string | null;
  summary: string | null;
  file_path: string | null;
  child_session_id: string | null;
}

export interface TranscriptSide extends Side {
  result_bytes: number | null;
}

export interface HookSide extends Side {
  /** When the batch of calls that it was part of was over. */
  batched_at: number | null;
}

/** Which side a field comes from. */
export type CallSources = Readonly<
  Record<"call" | "result" | "timing" | "status", "transcript" | "hook" | "telemetry" | null>
>;

const NOTHING: Side = {
  call_event_id: null,
  result_event_id: null,
  name: null,
  tool: null,
  mcp_server: null,
  started_at: null,
  ended_at: null,
  client_ms: null,
  status: null,
  error: null,
  summary: null,
  file_path: null,
  child_session_id: null,
};

export const emptyTranscriptSide = (): TranscriptSide => ({ ...NOTHING, result_bytes: null });
export const emptyHookSide = (): HookSide => ({ ...NOTHING, batched_at: null });

/** The transcript's side of a row that no hook has spoken of. */
export function transcriptSideOf(row: StoredCall): TranscriptSide {
  const { duration_ms, duration_source, status, ...same } = row;
  return {
    call_event_id: same.call_event_id,
    result_event_id: same.result_event_id,
    name: same.name,
    tool: same.tool,
    mcp_server: same.mcp_server,
    started_at: same.started_at,
    ended_at: same.ended_at,
    client_ms: duration_source === "client" ? duration_ms : null,
    status: status === "pending" ? null : status,
    error: same.error,
    summary: same.summary,
    file_path: same.file_path,
    child_session_id: same.child_session_id,
    result_bytes: same.result_bytes,
  };
}

/** A call that was asked for and whose batch is over without its having run was refused: no other hook tells. */
function hookStatus(hook: HookSide): Ending | null {
  return hook.status ?? (hook.batched_at === null ? null : "denied");
}

function duration(
  transcript: TranscriptSide,
  hook: HookSide | null,
  telemetry: HookSide | null,
): Pick<StoredCall, "duration_ms" | "duration_source"> {
  if (hook && hook.client_ms !== null) return { duration_ms: hook.client_ms, duration_source: "hook" };
  if (transcript.client_ms !== null) return { duration_ms: transcript.client_ms, duration_source: "client" };
  if (telemetry && telemetry.client_ms !== null) {
    return { duration_ms: telemetry.client_ms, duration_source: "telemetry" };
  }
  for (const [side, source] of [
    [hook, "hook"],
    [transcript, "timestamps"],
  ] as const) {
    if (side && side.started_at !== null && side.ended_at !== null) {
      return { duration_ms: Math.max(0, side.ended_at - side.started_at), duration_source: source };
    }
  }
  return { duration_ms: null, duration_source: null };
}

/** The row, and where its fields come from; `sources` is null where the transcript alone has spoken. */
export function mergedCall(
  transcript: TranscriptSide,
  hook: HookSide | null,
  telemetry: HookSide | null = null,
): { readonly call: StoredCall; readonly sources: CallSources | null } {
  const fromHook = hook && hookStatus(hook);
  const ended = hook && (hook.ended_at ?? (hook.status === null ? hook.batched_at : null));
  /** The first side that says it. */
  const said = <Name extends keyof Side>(name: Name): Side[Name] | null =>
    transcript[name] ?? hook?.[name] ?? telemetry?.[name] ?? null;
  const call: StoredCall = {
    call_event_id: said("call_event_id"),
    result_event_id: said("result_event_id"),
    name: said("name"),
    tool: said("tool"),
    mcp_server: (transcript.tool !== null ? transcript : hook?.tool != null ? hook : telemetry)?.mcp_server ?? null,
    started_at: hook?.started_at ?? transcript.started_at ?? telemetry?.started_at ?? null,
    ended_at: ended ?? transcript.ended_at ?? telemetry?.ended_at ?? null,
    ...duration(transcript, hook, telemetry),
    status: transcript.status ?? fromHook ?? telemetry?.status ?? "pending",
    error: transcript.status === null ? (hook?.error ?? telemetry?.error ?? null) : transcript.error,
    summary: said("summary"),
    file_path: said("file_path"),
    result_bytes: transcript.result_bytes,
    child_session_id: said("child_session_id"),
  };
  if (!hook && !telemetry) return { call, sources: null };
  const side = (...words: readonly [unknown, unknown, unknown]) =>
    (["transcript", "hook", "telemetry"] as const).find((_, index) => (words[index] ?? null) !== null) ?? null;
  const timed = (one: Side | null): unknown => one?.started_at ?? one?.ended_at;
  return {
    call,
    sources: {
      call: side(transcript.call_event_id, hook?.call_event_id, telemetry?.call_event_id),
      result: side(transcript.result_event_id, hook?.result_event_id, telemetry?.result_event_id),
      timing: timed(hook) != null ? "hook" : side(transcript.started_at, null, timed(telemetry)),
      status: side(transcript.status, fromHook, telemetry?.status),
    },
  };
}
