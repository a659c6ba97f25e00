/** @module A finished span of the OpenTelemetry SDK as one item of Clew's spool: OTLP/JSON of the span, its resource and its scope. */

/** A span's context, as OpenTelemetry's API has it. */
export interface SpanContextLike {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags?: number;
  readonly isRemote?: boolean | undefined;
  readonly traceState?: { serialize(): string } | undefined;
}

type Attributes = Readonly<Record<string, unknown>>;
/** Seconds and nanoseconds since 1970 UTC. */
type HrTime = readonly [number, number];

interface ScopeLike {
  readonly name: string;
  readonly version?: string | undefined;
}

/** As much of the SDK's ReadableSpan as is used, of its versions 1 and 2. */
export interface FinishedSpan {
  readonly name: string;
  /** 0 to 4: internal, server, client, producer, consumer. */
  readonly kind: number;
  spanContext(): SpanContextLike;
  readonly parentSpanContext?: SpanContextLike | undefined;
  readonly parentSpanId?: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Attributes;
  readonly links: readonly {
    readonly context: SpanContextLike;
    readonly attributes?: Attributes | undefined;
    readonly droppedAttributesCount?: number | undefined;
  }[];
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: Attributes | undefined;
    readonly droppedAttributesCount?: number | undefined;
  }[];
  readonly droppedAttributesCount?: number | undefined;
  readonly droppedEventsCount?: number | undefined;
  readonly droppedLinksCount?: number | undefined;
  readonly resource: { readonly attributes: Attributes };
  readonly instrumentationScope?: ScopeLike | undefined;
  readonly instrumentationLibrary?: ScopeLike | undefined;
}

interface Limits {
  /** Characters of a text. */
  readonly text: number;
  /** Attributes of one thing, values of a list, events, links. */
  readonly count: number;
}

const WIDE: Limits = { text: 65_536, count: 1000 };
const NARROW: Limits = { text: 1000, count: 32 };
/** Characters above which an item is made again within the narrow limits. */
const LONGEST_ITEM = 256 * 1024;

const nanoseconds = ([seconds, rest]: HrTime): string =>
  String(BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.trunc(rest)));

/** OTLP's AnyValue: integers are texts, as 64 bits do not fit a number of JSON. */
function anyValue(value: unknown, limits: Limits): object {
  switch (typeof value) {
    case "string":
      return { stringValue: value.slice(0, limits.text) };
    case "boolean":
      return { boolValue: value };
    case "bigint":
      return { intValue: String(value) };
    case "number":
      if (Number.isSafeInteger(value)) return { intValue: String(value) };
      return { doubleValue: Number.isFinite(value) ? value : String(value) };
    default:
      if (Array.isArray(value))
        return { arrayValue: { values: value.slice(0, limits.count).map((one) => anyValue(one, limits)) } };
      return value === null || value === undefined ? {} : { stringValue: JSON.stringify(value).slice(0, limits.text) };
  }
}

function keyValues(attributes: Attributes | undefined, limits: Limits): object[] {
  const entries = Object.entries(attributes ?? {});
  return entries.slice(0, limits.count).map(([key, value]) => ({ key, value: anyValue(value, limits) }));
}

/** Attributes, and how many were left out before and are left out here. */
function withAttributes(given: Attributes | undefined, dropped: number | undefined, limits: Limits): object {
  const cut = Math.max(0, Object.keys(given ?? {}).length - limits.count);
  const count = (dropped ?? 0) + cut;
  return { attributes: keyValues(given, limits), ...(count > 0 && { droppedAttributesCount: count }) };
}

/** Bit 8 says that bit 9 is known: whether the context came from another process. */
function flagsOf({ traceFlags = 0 }: SpanContextLike, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | 0x100 | (isRemote ? 0x200 : 0);
}

function spanOf(span: FinishedSpan, limits: Limits): object {
  const context = span.spanContext();
  const parent = span.parentSpanContext?.spanId ?? span.parentSpanId;
  const state = context.traceState?.serialize();
  const { code, message } = span.status;
  const droppedEvents = (span.droppedEventsCount ?? 0) + Math.max(0, span.events.length - limits.count);
  const droppedLinks = (span.droppedLinksCount ?? 0) + Math.max(0, span.links.length - limits.count);
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(state && { traceState: state }),
    ...(parent && { parentSpanId: parent }),
    flags: flagsOf(context, span.parentSpanContext?.isRemote),
    name: span.name.slice(0, limits.text),
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    ...withAttributes(span.attributes, span.droppedAttributesCount, limits),
    events: span.events.slice(0, limits.count).map((event) => ({
      timeUnixNano: nanoseconds(event.time),
      name: event.name,
      ...withAttributes(event.attributes, event.droppedAttributesCount, limits),
    })),
    ...(droppedEvents > 0 && { droppedEventsCount: droppedEvents }),
    links: span.links.slice(0, limits.count).map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      flags: flagsOf(link.context, link.context.isRemote),
      ...withAttributes(link.attributes, link.droppedAttributesCount, limits),
    })),
    ...(droppedLinks > 0 && { droppedLinksCount: droppedLinks }),
    status: { code, ...(message && { message: message.slice(0, limits.text) }) },
  };
}

function itemOf(span: FinishedSpan, limits: Limits): string {
  const { name = "", version } = span.instrumentationScope ?? span.instrumentationLibrary ?? {};
  return JSON.stringify({
    signal: "traces",
    resource: withAttributes(span.resource.attributes, 0, limits),
    scope: { name, ...(version && { version }) },
    item: spanOf(span, limits),
  });
}

/** Throws on a span whose getters do. One that is very large is cut, and counts what it lacks as OTLP does. */
export function spanItem(span: FinishedSpan): string {
  const whole = itemOf(span, WIDE);
  return whole.length <= LONGEST_ITEM ? whole : itemOf(span, NARROW);
}
