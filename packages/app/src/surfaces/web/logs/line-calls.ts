/** @module Which calls of models a log line belongs to: by its span, else by its trace, else the nearest of its session. */
import type { LogRow, ModelCallRow } from "../../http/answers.ts";

export interface LineCall {
  readonly call: ModelCallRow;
  /** span, trace: the line and the call say so. time: it is the session's nearest. */
  readonly by: "span" | "trace" | "time";
}

type Line = Pick<LogRow, "ts" | "session_id" | "trace_id" | "span_id">;

interface TimedCall {
  readonly call: ModelCallRow;
  /** Milliseconds UTC. */
  readonly start: number;
  readonly end: number;
}

/** Calls, gathered so that many lines can be looked up. */
export interface CallIndex {
  readonly ofTrace: ReadonlyMap<string, readonly TimedCall[]>;
  readonly ofSession: ReadonlyMap<string, readonly TimedCall[]>;
}

export function callIndex(calls: readonly ModelCallRow[]): CallIndex {
  const ofTrace = new Map<string, TimedCall[]>();
  const ofSession = new Map<string, TimedCall[]>();
  for (const call of calls) {
    const start = call.ts === null ? Number.NaN : Date.parse(call.ts);
    const timed = { call, start, end: start + (call.duration_ms ?? 0) };
    if (call.trace_id !== null) gather(ofTrace, call.trace_id, timed);
    if (call.session_id !== null) gather(ofSession, call.session_id, timed);
  }
  return { ofTrace, ofSession };
}

function gather(map: Map<string, TimedCall[]>, key: string, call: TimedCall): void {
  const list = map.get(key);
  if (list) list.push(call);
  else map.set(key, [call]);
}

/** Those that say so themselves, the same span's and then the nearest first; else the one that happened nearest. */
export function callsOfLine(line: Line, { ofTrace, ofSession }: CallIndex, most: number): readonly LineCall[] {
  const at = line.ts === null ? Number.NaN : Date.parse(line.ts);
  const inTrace = line.trace_id === null ? undefined : ofTrace.get(line.trace_id);
  if (inTrace) {
    const isSame = ({ call }: TimedCall) => line.span_id !== null && call.span_id === line.span_id;
    return [...inTrace]
      .sort((a, b) => Number(isSame(b)) - Number(isSame(a)) || distance(at, a) - distance(at, b))
      .slice(0, most)
      .map((timed) => ({ call: timed.call, by: isSame(timed) ? "span" : "trace" }));
  }
  const own = line.session_id === null ? undefined : ofSession.get(line.session_id);
  if (!own) return [];
  const nearest = own.reduce((best, one) => (distance(at, one) < distance(at, best) ? one : best));
  return [{ call: nearest.call, by: "time" }];
}

/** The lines that a call belongs to, by the same rule turned round. */
export function isLineOfCall(line: Line, id: string, calls: CallIndex): boolean {
  return callsOfLine(line, calls, Number.POSITIVE_INFINITY).some(({ call }) => callId(call) === id);
}

/** Milliseconds between a line and the time that a call took; 0 while it went on. */
function distance(at: number, { start, end }: TimedCall): number {
  if (Number.isNaN(at) || Number.isNaN(start)) return Number.MAX_SAFE_INTEGER;
  return at < start ? start - at : Math.max(0, at - end);
}

/** Names a call on the page: the call's key, or the response that a transcript alone tells of. */
export function callId(call: ModelCallRow): string {
  return call.call_key ?? call.response_id ?? call.event_id ?? "";
}
