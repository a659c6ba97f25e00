/** @module One message as people read it. */
import { isTo, type Looker } from "../../../base/addressee.ts";
import type { MessageRow } from "../../../model/entry.ts";
import { localTime, when } from "./formats.ts";
import { bold, dim, type Piece, styled } from "./piece.ts";

export interface RenderOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly timeZone: string;
}

type Line = readonly Piece[];

/** Who to whom, when and what became of it, and the text, whole. Only what is to `looker` is unread. */
export function messageLines(
  message: MessageRow,
  { now, timeZone, looker }: RenderOptions & { readonly looker: Looker },
): readonly Line[] {
  const { message_id, from, sent_at, reply_to, expires_at, expired, read_at, acknowledged_at, text } = message;
  const state = [
    ...(read_at === null && isTo(message, looker) ? ["unread"] : []),
    ...(acknowledged_at === null ? [] : ["acknowledged"]),
    ...(reply_to === null ? [] : [`answers ${reply_to}`]),
    ...(expires_at === null ? [] : [expired ? "expired" : `until ${localTime(expires_at, timeZone)}`]),
  ];
  return [
    [
      styled("cyan", message_id),
      "  ",
      bold(from),
      ` → ${recipientText(message)}`,
      dim(`  ${[when(sent_at, now, timeZone), ...state].join(", ")}`),
    ],
    ...text.split("\n").map((line): Line => ["  ", line]),
  ];
}

function recipientText({ to_kind, to }: MessageRow): string {
  return to_kind === "all" ? "all" : (to ?? "nobody");
}
