/** @module The fields that tie a log line to its session. */
import { currentFrame } from "./adoption.ts";
import { correlationOf, NO_SESSION } from "./ids.ts";
import type { Frame, LogFields } from "./state.ts";
import { currentWorkspace } from "./workspace.ts";

const RESERVED: ReadonlySet<string> = new Set(["session_id", "correlation_id", "workspace", "trace_id", "span_id"]);

function make({ session, bound }: Frame): LogFields {
  const workspace = session?.workspace.id ?? currentWorkspace().id;
  const id = session?.id ?? NO_SESSION;
  const fields: Record<string, unknown> = {
    session_id: id,
    correlation_id: correlationOf(workspace, id),
    workspace,
  };
  if (session) {
    if (session.phase !== null) fields.phase = session.phase;
    if (session.tags.length > 0) fields.tags = session.tags;
    fields.trace_id = session.traceId;
    fields.span_id = session.spanId;
  }
  for (const [name, value] of Object.entries(bound)) {
    if (!RESERVED.has(name)) fields[name] = value;
  }
  return Object.freeze(fields) as LogFields;
}

/** Fields for the code that runs now: `session_id` first, then the rest, then what is bound. Made once for each frame. */
export function logFields(frame: Frame = currentFrame()): LogFields {
  frame.fields ??= make(frame);
  return frame.fields;
}
