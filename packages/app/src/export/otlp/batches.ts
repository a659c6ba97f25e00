/** @module Sessions' spans in portions that receivers take: at most so many spans, and not much more than so much text. */
import type { Attributes, OutgoingSpan, SessionSpans, SpanLink } from "./span.ts";

export const MOST_SPANS = 512;
/** Characters of names and values; receivers take a few megabytes. */
export const MOST_CHARACTERS = 2_000_000;

/** Spans that share what they say of their program, in the order of their sessions. */
export interface SpanGroup {
  readonly resource: Attributes;
  readonly spans: readonly OutgoingSpan[];
}

export interface SpanBatch {
  readonly groups: readonly SpanGroup[];
  readonly spans: number;
}

/** A session may be spread over batches. */
export function* batchesOf(sessions: Iterable<SessionSpans>): Generator<SpanBatch> {
  let groups: { readonly key: string; readonly resource: Attributes; readonly spans: OutgoingSpan[] }[] = [];
  let [spans, characters] = [0, 0];
  for (const session of sessions) {
    const key = JSON.stringify(session.resource);
    for (const span of session.spans) {
      const size = sizeOf(span);
      if (spans > 0 && (spans >= MOST_SPANS || characters + size > MOST_CHARACTERS)) {
        yield { groups, spans };
        [groups, spans, characters] = [[], 0, 0];
      }
      let group = groups.at(-1);
      if (group?.key !== key) {
        group = { key, resource: session.resource, spans: [] };
        groups.push(group);
      }
      group.spans.push(span);
      spans++;
      characters += size;
    }
  }
  if (spans > 0) yield { groups, spans };
}

function sizeOf(span: OutgoingSpan): number {
  const links = span.links.reduce((sum: number, link: SpanLink) => sum + 64 + textOf(link.attributes), 0);
  return 128 + span.name.length + (span.statusMessage?.length ?? 0) + textOf(span.attributes) + links;
}

function textOf(attributes: Attributes): number {
  let sum = 0;
  for (const [name, value] of Object.entries(attributes)) {
    sum += name.length + 8;
    if (typeof value === "string") sum += value.length;
    else if (Array.isArray(value)) sum += value.reduce((total: number, text: string) => total + text.length + 4, 0);
  }
  return sum;
}
