/** @module One entry as its page shows it: all there is of it, what its ids lead to, and what its words are worth. */
import type { SubjectState } from "../model/change.ts";
import type { EntryDetail, EntryLink } from "../model/entry.ts";
import { entryDetail } from "./entry-detail.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";
import { subjectState } from "./shared-subject.ts";
import { type SharedTrust, type TrustAsker, trustOf } from "./web-trust.ts";
import { versionOf } from "./web-version.ts";

/** A session that something points to. */
export interface LinkedSession {
  readonly session_id: string;
  readonly title: string | null;
  /** Event within it; null: the session as a whole. */
  readonly event_id: string | null;
}

export interface WebLink extends EntryLink {
  /** Null: it leads to no session that is known here. */
  readonly session: LinkedSession | null;
}

export interface WebEntry extends Omit<EntryDetail, "links"> {
  readonly links: readonly WebLink[];
  /** Number of its newest change: what a change from the page says that it has seen. */
  readonly version: number;
  /** Name of its project. */
  readonly project: string | null;
  /** Where it was written. */
  readonly session: LinkedSession | null;
  /** Names of the devices of its changes. */
  readonly machines: Readonly<Record<string, string>>;
  readonly trust: SharedTrust;
}

const PROJECT = "SELECT name FROM projects WHERE project_id = ?";
const SESSION = "SELECT session_id, title FROM sessions WHERE session_id = ?";
const EVENT = `SELECT e.event_id, s.session_id, s.title FROM events e CROSS JOIN sessions s ON s.session_id = e.session_id
  WHERE e.event_id = ?`;
const MACHINES = "SELECT device_id AS id, name FROM devices WHERE device_id IN (SELECT value FROM json_each(?))";

/** Null: there is none of this id. */
export function webEntry(db: Reader, entryId: string, asker: TrustAsker): WebEntry | null {
  const detail = entryDetail(db, entryId);
  const state: SubjectState | null = subjectState(db, "entry", entryId);
  if (!detail || !state) return null;
  const { entry, approvals, history } = detail;
  const devices = [...new Set(history.map(({ device }) => device))];
  return {
    ...detail,
    links: detail.links.map((link) => ({
      ...link,
      session: link.kind === "event" ? linkedSession(db, link.target) : null,
    })),
    version: versionOf(db, "entry", entryId) ?? 0,
    project: rowOf<{ name: string }>(db, PROJECT, [entry.project_id])?.name ?? null,
    session: entry.session_id === null ? null : linkedSession(db, entry.session_id),
    machines: Object.fromEntries(
      rowsOf<{ id: string; name: string }>(db, MACHINES, [JSON.stringify(devices)]).map(({ id, name }) => [id, name]),
    ),
    trust: trustOf(db, { target: "entry", state, approvals, ...asker }),
  };
}

/** By the id of an event, or of a session. */
export function linkedSession(db: Reader, id: string): LinkedSession | null {
  const event = rowOf<LinkedSession>(db, EVENT, [id]);
  if (event) return event;
  const session = rowOf<Omit<LinkedSession, "event_id">>(db, SESSION, [id]);
  return session ? { ...session, event_id: null } : null;
}
