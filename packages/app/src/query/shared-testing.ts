/** @module For tests: entries and messages as their rows stand in a database, with whatever a hostile hand could have put there. */
import { HOUR, TEST_NOW, type TestDatabase } from "./testing.ts";

/** One entry or message as its rows stand in the database; what is left out is the person's own, open and untainted. */
export interface TestShared {
  readonly target?: "entry" | "message";
  readonly subject: string;
  readonly title?: string;
  /** Body of an entry, text of a message. */
  readonly body?: string;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly links?: readonly string[];
  readonly category?: string;
  readonly status?: string;
  readonly assignee?: string | null;
  readonly author?: string;
  readonly titleBy?: string;
  readonly origin?: string;
  readonly tainted?: boolean;
  readonly deleted?: boolean;
  readonly project?: string;
  readonly workspace?: string;
  readonly toKind?: string;
  readonly toId?: string | null;
  readonly expiresAt?: number | null;
  /** Other titles that nobody has replaced. */
  readonly otherTitle?: string;
}

let changes = 0;

/** Puts an entry or a message there, over the one of the same id. */
export function putShared(
  base: TestDatabase,
  own: { readonly identityId: string; readonly personId: string },
  shared: TestShared,
): void {
  const { target = "entry", subject, title = "", body = "", author = own.personId, origin = "human" } = shared;
  const { category = "issue", status = "open", project = "dir:web", workspace = "w-web", titleBy = author } = shared;
  const { tags = [], links = [], tainted = false, deleted = false } = shared;
  const id = Number.parseInt(subject.slice(-6), 16);
  for (const [table, key] of [
    ["entries", "id"],
    ["messages", "id"],
    ["subjects", "id"],
  ] as const)
    base.db.prepare(`DELETE FROM ${table} WHERE ${key} = ?`).run(id);
  const ts = TEST_NOW - HOUR;
  const change = `change-${++changes}`;
  base.insert("changes", {
    change_id: change,
    target,
    subject,
    hlc: changes,
    device: "device",
    author: titleBy,
    origin,
    tainted: Number(tainted),
    event_id: `event of ${change}`,
    seq: changes,
    ts,
    data: "{}",
  });
  const value = (text: string | null) => ({ value: text, change, author: titleBy, ts });
  const who = { changeId: change, author, origin, ts, hlc: changes, sessionId: null };
  const state = {
    subject,
    target,
    fields: { title: value(title), body: value(body), text: value(body), workspace: value(workspace) },
    conflicts: shared.otherTitle === undefined ? {} : { title: [value(title), value(shared.otherTitle)] },
    standing: {},
    sets: {
      tags: tags.map((tag) => ({ value: tag, by: [change] })),
      links: links.map((link) => ({ value: link, by: [change] })),
    },
    notes: shared.note === undefined ? [] : [{ change, text: shared.note, author, origin, tainted, ts }],
    marks: {},
    created: who,
    changed: who,
    tainted,
  };
  base.insert("subjects", {
    id,
    target,
    subject,
    state: JSON.stringify(state),
    tainted: Number(tainted),
    deleted: Number(deleted),
    created_at: ts,
    created_by: author,
    changed_at: ts,
    changed_by: author,
    changed_hlc: changes,
    changed_seq: changes,
  });
  const hashed = { id, content_hash: "0".repeat(64) };
  if (target === "entry")
    base.insert("entries", {
      ...hashed,
      entry_id: subject,
      category,
      status,
      title,
      assignee: shared.assignee ?? null,
      project_id: project,
      changed_hlc: changes,
    });
  else
    base.insert("messages", {
      ...hashed,
      message_id: subject,
      sender: author,
      to_kind: shared.toKind ?? "identity",
      to_id: shared.toId === undefined ? own.identityId : shared.toId,
      thread_id: subject,
      sent_at: ts,
      expires_at: shared.expiresAt ?? null,
    });
}
