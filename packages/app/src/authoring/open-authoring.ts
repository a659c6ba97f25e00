/** @module How something is written down: by whom, into the spool durably, and into the store before the next question. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import type { Clock } from "../base/clock.ts";
import { correlationId, UNCORRELATED_SESSION } from "../base/ids.ts";
import { clewPaths, type Environment, runtimeDirectory } from "../base/paths.ts";
import { changeData, type Intent } from "../merge/change-data.ts";
import type { ChangeData, ChangeTarget } from "../model/change.ts";
import type { Place } from "../model/place.ts";
import { createIdentityResolver, sanitisedIdentity } from "../place/identity.ts";
import { createPlaceResolver } from "../place/place.ts";
import { openReader, type Reader } from "../query/reader.ts";
import { sessionAuthor } from "../query/session-author.ts";
import { hasChange, knowsShared, subjectState } from "../query/shared-subject.ts";
import { EXPIRY_HOURS, openRegistry, registryHours } from "../registry/registry.ts";
import { whichSession } from "../registry/which.ts";
import { listSpool, writeSpoolRecord } from "../spool/spool-directory.ts";
import { type Author, authorOf, isInsideAgent, isTainted } from "./author.ts";
import { noteForeignRead } from "./foreign-read.ts";

export interface AuthoringOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly cwd: string;
  /** Process that asks; its parents tell which session it runs in. */
  readonly pid?: number;
  /** Unique; UUIDv4 by default. */
  readonly newId?: () => string;
  /** What shows things here; default: the command line. */
  readonly by?: string;
}

/** A change as its author has made it (merge/change-data.ts). */
export interface MadeChange {
  readonly target: ChangeTarget;
  readonly subject: string;
  readonly data: ChangeData;
  /** Of `newId`, where it had to be known before; else it is given one. */
  readonly changeId?: string;
}

export interface Written {
  readonly changeId: string;
  /** False: a busy writer has not come to it yet. It is safe, and stored later. */
  readonly isStored: boolean;
}

export interface Authoring {
  readonly place: Place;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Who writes; `session` is one that was named. Throws `not_found` or `usage`. */
  author(session?: string): Author;
  /** Asks the store; null where there is none yet. */
  read<Answer>(question: (db: Reader) => Answer): Answer | null;
  /** Null: it stands so already. Durable when it resolves, and in the store unless a writer is busy for long. */
  write(target: ChangeTarget, subject: string, intent: Intent, author: Author): Promise<Written | null>;
  /** Many changes in few files of the spool; answers their ids in order. As durable and as visible as `write`. */
  writeAll(changes: readonly MadeChange[], author: Author): Promise<readonly string[]>;
  /** A record that is no change: the inbox was looked at, a session ended. */
  record(type: string, data: Readonly<Record<string, unknown>>, author: Author): Promise<string>;
  /** Takes down, too, that an agent was shown words of others (`Author.onForeign`). */
  close(): void;
}

/** How long a busy writer is waited for, milliseconds. What is written is safe meanwhile. */
const VISIBLE_WITHIN_MS = 3000;
const LOOK_EVERY_MS = 25;
/** Records and characters of one file of the spool. */
const MOST_RECORDS = 2000;
const MOST_CHARACTERS = 8 * 1024 * 1024;

export function openAuthoring(options: AuthoringOptions): Authoring {
  const { env, clock, cwd, pid = process.pid, newId = randomUUID, by = "command line" } = options;
  const paths = clewPaths(env);
  const userHome = env.HOME ?? homedir();
  const place = createPlaceResolver(userHome)(cwd, "");
  let db: Reader | null = null;
  /** Agents' sessions that were shown words of others. */
  const shown = new Set<string>();
  const reader = (): Reader | null => {
    if (db || !existsSync(paths.database)) return db;
    const opened = openReader(paths.database);
    if (knowsShared(opened)) db = opened;
    else opened.close();
    return db;
  };

  async function putAll(
    type: string,
    list: readonly Readonly<Record<string, unknown>>[],
    author: Author,
    chosen: readonly (string | undefined)[] = [],
  ): Promise<string[]> {
    const now = clock();
    const ids: string[] = [];
    let waiting: string[] = [];
    let characters = 0;
    const flush = (): void => {
      if (waiting.length === 0) return;
      const body = Buffer.from(waiting.length === 1 ? waiting[0]! : `[${waiting.join(",")}]`);
      writeSpoolRecord(paths.spool, { kind: "event", fields: { at: String(now) }, body }, { durable: true });
      waiting = [];
      characters = 0;
    };
    for (const [index, data] of list.entries()) {
      const id = chosen[index] ?? newId();
      ids.push(id);
      const record = {
        v: 1,
        id,
        ts: new Date(now).toISOString(),
        correlation_id: correlationId(author.workspaceId, author.sessionId ?? UNCORRELATED_SESSION),
        type,
        data,
      };
      const text = JSON.stringify(record);
      if (waiting.length >= MOST_RECORDS || characters + text.length > MOST_CHARACTERS) flush();
      waiting.push(text);
      characters += text.length;
    }
    flush();
    const { drainIfFree } = await import("../ingest/drain-command.ts");
    // A failure leaves it in the spool for the next writer.
    await drainIfFree(env, clock).catch(() => false);
    return ids;
  }

  async function put(type: string, data: Readonly<Record<string, unknown>>, author: Author): Promise<string> {
    return (await putAll(type, [data], author))[0]!;
  }

  /** Whether it came about in time. */
  async function within(isThere: () => boolean): Promise<boolean> {
    for (const until = performance.now() + VISIBLE_WITHIN_MS; ; ) {
      if (isThere()) return true;
      if (performance.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async function isVisible(changeId: string): Promise<boolean> {
    return within(() => {
      const now = reader();
      return now !== null && hasChange(now, changeId);
    });
  }

  /** What an agent called a moment ago may still wait in the spool, and decides what its words are worth. */
  async function settled(author: Author): Promise<Author> {
    if (author.agentSession === undefined || (author.tainted && author.isUnknown !== true)) return author;
    const before = listSpool(paths.spool).names;
    if (before.length > 0) {
      const { drainIfFree } = await import("../ingest/drain-command.ts");
      await drainIfFree(env, clock).catch(() => false);
      const isEmpty = await within(() => {
        const left = new Set(listSpool(paths.spool).names);
        return !before.some((name) => left.has(name));
      });
      if (!isEmpty) return { ...author, tainted: true };
    }
    return { ...author, tainted: isTainted(reader(), author.agentSession) };
  }

  return {
    place,
    clock,
    newId,
    author(session) {
      const registry = openRegistry({
        directory: runtimeDirectory(env),
        clock,
        expiryHours: registryHours(env) ?? EXPIRY_HOURS,
      });
      const identities = createIdentityResolver({ env, rulesPath: paths.identities, userHome });
      const which = whichSession({ env, cwd, pid, registry, clock });
      const given = sanitisedIdentity(env.CLEW_IDENTITY);
      const author = authorOf({
        named: session,
        which,
        place,
        identities,
        given,
        isInAgent: isInsideAgent(env),
        db: reader(),
        now: clock(),
      });
      const { agentSession } = author;
      return agentSession === undefined ? author : { ...author, onForeign: () => void shown.add(agentSession) };
    },
    read(question) {
      const now = reader();
      return now ? question(now) : null;
    },
    async write(target, subject, intent, author) {
      const now = reader();
      const data = changeData(now ? subjectState(now, target, subject) : null, intent);
      if (!data) return null;
      const { identity, origin, tainted } = await settled(author);
      const changeId = await put("change", { target, subject, author: identity, origin, tainted, ...data }, author);
      return { changeId, isStored: await isVisible(changeId) };
    },
    async writeAll(changes, author) {
      if (changes.length === 0) return [];
      const { identity, origin, tainted } = await settled(author);
      const list = changes.map(({ target, subject, data }) => {
        return { target, subject, author: identity, origin, tainted, ...data };
      });
      const chosen = changes.map(({ changeId }) => changeId);
      const ids = await putAll("change", list, author, chosen);
      await isVisible(ids.at(-1)!);
      return ids;
    },
    record: put,
    close() {
      for (const sessionId of shown) {
        const { workspaceId } = (db && sessionAuthor(db, sessionId)) ?? place;
        noteForeignRead({ env, clock, sessionId, workspaceId, by });
      }
      shown.clear();
      db?.close();
      db = null;
    },
  };
}
