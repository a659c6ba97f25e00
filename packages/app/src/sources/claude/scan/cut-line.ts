/** @module An assistant record's line with its content left out, as two pieces of text that make one JSON object. */

const CONTENT = Buffer.from('"content":[');
const CONTENT_END = '],"stop_reason":';
/** What stands between the content's end and the usage in every client so far; another shape is parsed whole. */
const BETWEEN =
  /^\],"stop_reason":(?:null|"[^"\\]*"),"stop_sequence":(?:null|"[^"\\]*"),(?:"stop_details":(?:null|\{[^{}]*\}),)?$/;
const MESSAGE = '"message":{';
const REQUEST_ID = '"requestId":"';
const LONGEST_HEAD = 64 * 1024;

export interface CutLine {
  /** Up to and with the content's `[`. */
  readonly head: string;
  /** From the content's `]` on. */
  readonly tail: string;
  /** Where the message begins in the head. */
  readonly messageAt: number;
  /** Where the request's id has ended in the tail; 0 when there is no such field. */
  readonly requestEnd: number;
}

/**
 * Cuts from the content's `[` to the `]` right before the usage. Were that `]` another array's (usage inside a tool's
 * input, say), the tail would close more brackets than the head opened, and the two would not parse.
 *
 * @param tail the end of the line as Latin-1, which has the last usage at `usageAt`
 */
export function cutLine(line: Buffer, tail: string, usageAt: number): CutLine | null {
  const closing = tail.lastIndexOf(CONTENT_END, usageAt);
  if (closing < 0 || !BETWEEN.test(tail.slice(closing, usageAt))) return null;
  const contentAt = line.indexOf(CONTENT);
  if (contentAt < 0 || contentAt > LONGEST_HEAD || contentAt >= line.length - tail.length + closing) return null;
  const head = line.toString("latin1", 0, contentAt + CONTENT.length);
  const requestAt = tail.indexOf(REQUEST_ID, usageAt);
  return {
    head,
    tail: tail.slice(closing),
    messageAt: head.lastIndexOf(MESSAGE),
    requestEnd: requestAt < 0 ? 0 : tail.indexOf('"', requestAt + REQUEST_ID.length) + 1 - closing,
  };
}

/** Whether message and request id are the other line's, to the letter: all that can differ then is in the envelope. */
export function repeats(cut: CutLine, other: CutLine): boolean {
  return (
    cut.requestEnd > 0 &&
    cut.messageAt >= 0 &&
    cut.requestEnd === other.requestEnd &&
    cut.tail.slice(0, cut.requestEnd) === other.tail.slice(0, cut.requestEnd) &&
    cut.head.slice(cut.messageAt) === other.head.slice(other.messageAt)
  );
}

/** The record without its message and what stands between it and the end of the request's id. */
export function envelopeOf(cut: CutLine): string {
  return `${cut.head.slice(0, cut.messageAt)}"requestId":""${cut.tail.slice(cut.requestEnd)}`;
}
