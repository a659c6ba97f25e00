/**
 * @module Whose a version of a memory file is. An agent loads these files by itself, so what another wrote reaches a disk only
 * with a person's word on exactly this content.
 */
import { createHash } from "node:crypto";
import { approvalsOfContent } from "./approval.ts";
import { type Reader, rowOf, rowsOf } from "./reader.ts";

/** On whose behalf files are written. */
export interface MemoryReader {
  /** Identities under which the person writes: theirs on every device. */
  readonly people: readonly string[];
  /** Identities of the person's agents here. Another's agents may be called the same, so they count on this device alone. */
  readonly agents: readonly string[];
}

/** Who wrote a change, and where. */
export interface ChangeOrigin {
  readonly author: string;
  readonly origin: string;
  readonly tainted: boolean;
  readonly device: string;
  readonly sessionId: string | null;
}

/** other: by another person, or an agent that works for one. import: brought in. elsewhere: tainted, from another device. */
export type Foreignness = "other" | "import" | "elsewhere";

export const THIS_DEVICE = "SELECT device_id AS device FROM devices LIMIT 1";
export const SESSION_PERSON =
  "SELECT identity_id AS identity, person_id AS person, agent FROM sessions WHERE session_id = ?";
/** The people who have written on a device. */
export const PEOPLE_OF_DEVICE = "SELECT DISTINCT author FROM changes WHERE device = ? AND origin = 'human'";

export interface MemoryJudge {
  /** Null: it is one's own. */
  readonly whyForeign: (change: ChangeOrigin) => Foreignness | null;
  /** Whether the person has approved this content of a file. */
  readonly isApproved: (subject: string, hash: string) => boolean;
}

/** Asks as little as it can; what it has found out it keeps. */
export function memoryJudge(db: Reader, reader: MemoryReader): MemoryJudge {
  const here = rowOf<{ device: string }>(db, THIS_DEVICE)?.device;
  const devices = new Map<string, boolean>();
  const sessions = new Map<string, { identity: string; person: string; agent: string } | undefined>();
  const isPerson = (author: string): boolean => reader.people.includes(author);

  /** Where nobody but the person has written, the agents are theirs. */
  function isOwnDevice(device: string): boolean {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const people = rowsOf<{ author: string }>(db, PEOPLE_OF_DEVICE, [device]);
    const isOwn = people.length > 0 && people.every(({ author }) => isPerson(author));
    devices.set(device, isOwn);
    return isOwn;
  }

  function isOwnAgent({ author, device, sessionId, origin }: ChangeOrigin): boolean {
    if (origin === "human") return false;
    if (device !== here) return isOwnDevice(device);
    if (reader.agents.includes(author)) return true;
    if (sessionId === null) return false;
    if (!sessions.has(sessionId)) sessions.set(sessionId, rowOf(db, SESSION_PERSON, [sessionId]));
    const session = sessions.get(sessionId);
    // A session that is only named in a change says nothing of who works in it.
    return (
      session !== undefined && session.agent !== "unknown" && session.identity === author && isPerson(session.person)
    );
  }

  return {
    whyForeign(change) {
      if (change.origin === "import") return "import";
      if (!isPerson(change.author) && !isOwnAgent(change)) return "other";
      return change.tainted && change.device !== here ? "elsewhere" : null;
    },
    isApproved(subject, hash) {
      return approvalsOfContent(db, "memory", subject, hash).some(({ by }) => isPerson(by));
    },
  };
}

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * What an approval is bound to. Of a text in its own place its hash: the key that it is given to names the place. Else what is done
 * with it, too: that it goes, or that it lies where somebody moved it.
 */
export function memoryApprovalHash(file: {
  readonly projectId: string | null;
  readonly path: string;
  readonly content: string;
  readonly deleted: boolean;
  readonly isPlaced: boolean;
}): string {
  const { projectId, path, content, deleted, isPlaced } = file;
  return sha256Of(!deleted && isPlaced ? content : JSON.stringify([projectId, path, deleted, content]));
}
