/** @module An OpenTelemetry span exporter that writes finished spans to Clew on this machine. Nothing is sent anywhere. */
import { openSpoolQueue } from "./delivery.ts";
import { guard, report } from "./problems.ts";
import { type FinishedSpan, spanItem } from "./span-item.ts";
import { state } from "./state.ts";

export interface ClewSpanExporterOptions {
  /** Milliseconds after which what waits is written; default: 250. */
  readonly flushMs?: number;
  /** Bytes and spans that may wait; what comes when it is full is dropped and counted. Default: 8 MB, 20,000. */
  readonly maxBytes?: number;
  readonly maxRecords?: number;
}

/** Of the OpenTelemetry SDK's SpanExporter. */
export interface ClewSpanExporter {
  /** Answers code 0 at once: spans that could not be kept are problems of the SDK (onProblem), nobody is to repeat them. */
  export(spans: readonly FinishedSpan[], done: (result: { code: number }) => void): void;
  /** Answers when everything exported so far is in the spool or given up. Never rejects. */
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

interface ItemQueue {
  readonly send: (item: string) => void;
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const nowhere: ItemQueue = { send() {}, flush: async () => {}, close: async () => {} };

/** For a BatchSpanProcessor, or a SimpleSpanProcessor: exporting is putting into a queue. */
export function clewSpanExporter(options: ClewSpanExporterOptions = {}): ClewSpanExporter {
  let queue: ItemQueue | null = null;
  let isShut = false;

  function open(): ItemQueue {
    const { settings, sink, isSinkGiven } = state();
    // Who takes the program's records takes its spans, too, or nobody does.
    if (isSinkGiven) return { ...nowhere, send: (item) => sink?.sendSpan?.(item) };
    return settings.env.CLEW_SDK === "off" ? nowhere : openSpoolQueue("otlp", options);
  }

  function send(span: FinishedSpan): void {
    try {
      queue ??= open();
      queue.send(spanItem(span));
    } catch (error) {
      report("adapter", "export a span", error);
    }
  }

  return {
    export(spans, done) {
      if (!isShut) guard("adapter", "export spans", () => spans.forEach(send), undefined);
      done({ code: 0 });
    },
    forceFlush: async () => queue?.flush(),
    async shutdown() {
      isShut = true;
      await queue?.close();
    },
  };
}
