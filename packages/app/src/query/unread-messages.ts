/** @module Messages to somebody that they have not read, as items of their inbox, the newest first. */
import type { InboxItem } from "../model/entry.ts";
import type { SqlPart } from "./filter/sql.ts";
import { addressedSql, type Looker, openToSql } from "./messages.ts";
import { type Reader, rowsOf } from "./reader.ts";
import { isoTime } from "./session-row.ts";

interface UnreadQuestion {
  readonly looker: Looker;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly limit: number;
}

interface Row {
  readonly id: string;
  readonly sender: string;
  readonly sentAt: number;
  readonly tainted: number;
}

/** For the question and for the test of its plan. */
export function unreadMessagesSql({ looker, now, limit }: UnreadQuestion): SqlPart {
  const { sql, parameters } = addressedSql(looker, openToSql(looker, now, true), limit);
  return {
    sql: `SELECT m.message_id AS id, m.sender, m.sent_at AS sentAt, s.tainted
      FROM (SELECT id, sent_at FROM (${sql}) ORDER BY sent_at DESC, id DESC LIMIT ?) p
      CROSS JOIN messages m ON m.id = p.id CROSS JOIN subjects s ON s.id = m.id ORDER BY p.sent_at DESC, p.id DESC`,
    parameters: [...parameters, limit],
  };
}

export function unreadMessages(db: Reader, question: UnreadQuestion): readonly InboxItem[] {
  const { sql, parameters } = unreadMessagesSql(question);
  return rowsOf<Row>(db, sql, parameters).map(({ id, sender, sentAt, tainted }) => ({
    kind: "message",
    target: "message",
    id,
    title: null,
    category: null,
    status: null,
    by: [sender],
    at: isoTime(sentAt),
    changed: ["text"],
    changes: 1,
    tainted: tainted === 1,
  }));
}
