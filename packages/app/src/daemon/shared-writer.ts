/** @module What the dashboard writes: as the person at this machine, in no agent's name, on the one way that all else takes. */
import { homedir } from "node:os";
import { approve, revokeApproval } from "../authoring/approval.ts";
import type { Author } from "../authoring/author.ts";
import { editIntent } from "../authoring/edit-entry.ts";
import { addEntry, assigneeWarnings } from "../authoring/entries.ts";
import { markMessage, sendMessage } from "../authoring/messages.ts";
import { type Authoring, openAuthoring } from "../authoring/open-authoring.ts";
import type { Clock } from "../base/clock.ts";
import { ClewError } from "../base/error.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import { warningsOf } from "../base/suspicious.ts";
import { changeData } from "../merge/change-data.ts";
import { createIdentityResolver } from "../place/identity.ts";
import { createPlaceResolver } from "../place/place.ts";
import { sessionAuthor } from "../query/session-author.ts";
import { hasChange, subjectState } from "../query/shared-subject.ts";
import { knownPeople } from "../query/web-people.ts";
import { stateAtVersion } from "../query/web-version.ts";
import type { EntryEdit, NewEntry, SharedWriter, SharedWritten } from "../surfaces/http/shared-writer.ts";

export interface OpenSharedWriter extends SharedWriter {
  readonly close: () => void;
}

export interface SharedWriterOptions {
  readonly env: Environment;
  readonly clock: Clock;
  /** personHere(env). */
  readonly person: string;
}

/** Without what an agent that started this process has left in it: who signs in is a person. */
export function ownEnvironment(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^CLAUDE_CODE_|^CLAUDECODE$|^CLEW_(?:IDENTITY|SESSION_ID|PARENT_SESSION_ID|WORKSPACE|CORRELATION_ID)$/.test(
          name,
        ),
    ),
  );
}

/** The identity of the person at this machine, as a terminal of their own would have it in their home directory. */
export function personHere(env: Environment): string {
  const own = ownEnvironment(env);
  const userHome = own.HOME ?? homedir();
  const identities = createIdentityResolver({ env: own, rulesPath: clewPaths(own).identities, userHome });
  return identities("claude-code", createPlaceResolver(userHome)(userHome, "")).personId;
}

export function createSharedWriter({ env, clock, person }: SharedWriterOptions): OpenSharedWriter {
  const own = ownEnvironment(env);
  let authoring: Authoring | null = null;
  const open = (): Authoring => (authoring ??= openAuthoring({ env: own, clock, cwd: own.HOME ?? homedir() }));
  const authorIn = (place: Pick<Author, "sessionId" | "workspaceId" | "projectId">): Author => ({
    identity: person,
    origin: "human",
    tainted: false,
    why: "it was named",
    person,
    ...place,
  });
  const author = (): Author => {
    const { workspaceId, projectId } = open().place;
    return authorIn({ sessionId: null, workspaceId, projectId });
  };

  /** Throws `not_found` for a session or a project that is none. */
  function authorOfNew({ session_id, project_id }: NewEntry): Author {
    if (session_id !== undefined) {
      const session = open().read((db) => sessionAuthor(db, session_id));
      if (!session) throw new ClewError("not_found", `no session ${session_id} is known`);
      return authorIn({ sessionId: session_id, workspaceId: session.workspaceId, projectId: session.projectId });
    }
    if (project_id === undefined) return author();
    const project = open()
      .read((db) => knownPeople(db, person))
      ?.projects.find((one) => one.project_id === project_id);
    if (!project) throw new ClewError("not_found", `no project ${project_id} is known`);
    return authorIn({ sessionId: null, workspaceId: project.workspace_id, projectId: project_id });
  }

  /** As whoever saw the entry at that version would have written it. */
  async function editEntry(entryId: string, edit: EntryEdit): Promise<SharedWritten> {
    const state = open().read((db) => stateAtVersion(db, "entry", entryId, edit.seen));
    if (!state) throw new ClewError("not_found", `no entry ${entryId} was there`);
    const now = open().read((db) => subjectState(db, "entry", entryId)) ?? state;
    const { seen: _, add_tags: tags, remove_tags: untags, ...rest } = edit;
    const given = { ...rest, ...(tags && { tags }), ...(untags && { untags }) };
    const { intent, assignee } = editIntent(open(), entryId, { seen: state, now }, given, author());
    const warnings = assigneeWarnings(assignee);
    const data = changeData(state, intent);
    if (!data) return { changed: false, stored: true, warnings };
    const [changeId] = await open().writeAll([{ target: "entry", subject: entryId, data }], author());
    return { changed: true, stored: open().read((db) => hasChange(db, changeId!)) ?? false, warnings };
  }

  return {
    async addEntry(entry) {
      const { entryId, isStored, warnings } = await addEntry(open(), entry, authorOfNew(entry));
      return { entry_id: entryId, changed: true, stored: isStored, warnings };
    },
    editEntry,
    async send({ to, text, reply_to }) {
      const sent = await sendMessage(
        open(),
        { text, ...(to !== undefined && { to }), ...(reply_to !== undefined && { replyTo: reply_to }) },
        author(),
      );
      const { messageId: message_id, threadId: thread_id, isStored: stored, warnings } = sent;
      return { message_id, thread_id, changed: true, stored, warnings };
    },
    async markMessage(messageId, mark) {
      const written = await markMessage(open(), messageId, mark, author());
      return { changed: written !== null, stored: written?.isStored ?? true, warnings: [] };
    },
    async seeInbox(upTo) {
      await open().record("inbox.seen", { identity: person, seq: upTo }, author());
    },
    async approve(target, id, contentHash, approved) {
      const written = approved
        ? await approve(open(), target, id, contentHash, author())
        : await revokeApproval(open(), target, id, author());
      return { changed: written !== null, stored: written?.isStored ?? true, warnings: [] };
    },
    warningsOf,
    close() {
      authoring?.close();
      authoring = null;
    },
  };
}
