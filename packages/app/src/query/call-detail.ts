/** @module A call of a model opened: what was asked and answered, as its log file holds it, and the log lines of that time. */
import { decodeSpoolRecord } from "../base/spool-record.ts";
import type { Block } from "../model/present.ts";
import { interactionOf } from "../sources/present.ts";
import { eventBody, PRESENT_COLUMNS, type PresentableEvent, presentedEvent } from "./event-body.ts";
import type { LogRow } from "./log-row.ts";
import { callOfResponse, modelCall } from "./model-calls.ts";
import { linesOfCall } from "./model-calls-of-line.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

export interface CallDetail {
  /** The record that a program wrote of the call, its announcement where no line of the log file is known; null: neither. */
  readonly record: { readonly event_id: string; readonly session_id: string } | null;
  /** Input, output and what else the line of the log file says; empty where it is not known. */
  readonly said: readonly Block[];
  /** Lines of its session while it ran, and some around, oldest first. */
  readonly lines: readonly LogRow[];
}

interface CallEvent extends PresentableEvent {
  readonly event_id: string;
  readonly session_id: string;
  readonly ts: number | null;
}

/** Lines before and after the call that are looked at. */
const AROUND = 20;
const TOLD = `SELECT json_extract(told, '$.interaction.eventId') AS eventId FROM model_calls WHERE call_key = ?`;
const EVENT = `SELECT e.event_id, e.session_id, e.ts, ${PRESENT_COLUMNS} FROM events e WHERE e.event_id = ?`;
/** The line of the log file begins in the very millisecond that the announcement names. */
export const WRITTEN = `SELECT e.event_id, e.session_id, e.ts, ${PRESENT_COLUMNS} FROM events e INDEXED BY events_live
  WHERE e.source_id IS NULL AND e.session_id = ? AND e.ts = ? AND e.type = 'interaction' AND e.source = 'log' ORDER BY e.id`;

/** `id`: the call's key, or a response's. Null: there is no such call. */
export function callDetail(db: Reader, id: string): CallDetail | null {
  const call = modelCall(db, id) ?? callOfResponse(db, id);
  if (!call) return null;
  const lines = linesOfCall(db, call, { before: AROUND, after: AROUND }).rows;
  const told = call.call_key === null ? undefined : rowOf<{ eventId: string | null }>(db, TOLD, [call.call_key]);
  const announced = told?.eventId ? rowOf<CallEvent>(db, EVENT, [told.eventId]) : undefined;
  if (!announced) return { record: null, said: [], lines };
  const written = announced.source === "log" ? announced : writtenOf(db, announced, call.interaction?.number ?? null);
  const { event_id, session_id } = written ?? announced;
  return { record: { event_id, session_id }, said: written ? presentedEvent(db, written).blocks : [], lines };
}

/** Of calls that began together the one of the same number. */
function writtenOf(db: Reader, { session_id, ts }: CallEvent, number: number | null): CallEvent | undefined {
  return rowsOf<CallEvent>(db, WRITTEN, [session_id, ts]).find((event) => {
    const record = decodeSpoolRecord(eventBody(db, event));
    return record !== null && interactionOf(record.body)?.interaction_id === number;
  });
}
