/** @module `clew-sdk/otel`: OpenTelemetry log records and spans carry the session that they were made in. */
import { currentFrame } from "./adoption.ts";
import { logFields } from "./log-fields.ts";
import { guard } from "./problems.ts";

export { type ClewSpanExporter, type ClewSpanExporterOptions, clewSpanExporter } from "./span-exporter.ts";
export type { FinishedSpan, SpanContextLike } from "./span-item.ts";

export type AttributeValue = string | number | boolean | string[];

/** A log record or a span that attributes can be set on. */
export interface AttributeTarget {
  setAttribute(name: string, value: AttributeValue): unknown;
}

/** The session as attributes. `session.id` is the semantic conventions' own name. */
export function sessionAttributes(): Record<string, AttributeValue> {
  const frame = currentFrame();
  const fields = logFields(frame);
  return {
    "session.id": fields.session_id,
    "clew.correlation_id": fields.correlation_id,
    "clew.workspace": fields.workspace,
    ...(frame.session?.parentId && { "clew.parent_session_id": frame.session.parentId }),
    ...(fields.phase !== undefined && { "clew.phase": fields.phase }),
    ...(fields.tags !== undefined && { "clew.tags": [...fields.tags] }),
  };
}

function setAll(target: AttributeTarget): void {
  guard(
    "adapter",
    "set attributes",
    () => {
      for (const [name, value] of Object.entries(sessionAttributes())) target.setAttribute(name, value);
    },
    undefined,
  );
}

/** Of the OpenTelemetry SDK's LogRecordProcessor: put it before the exporting one. */
export function sessionLogRecordProcessor(): {
  onEmit(logRecord: AttributeTarget): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
} {
  return { onEmit: setAll, forceFlush: async () => {}, shutdown: async () => {} };
}

/** Of the OpenTelemetry SDK's SpanProcessor: put it before the exporting one. */
export function sessionSpanProcessor(): {
  onStart(span: AttributeTarget): void;
  onEnd(): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
} {
  return { onStart: setAll, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
}
