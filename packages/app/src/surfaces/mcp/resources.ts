/** @module Resources: a session, an entry, a memory file by its address, for clients that let people attach one to a conversation. */
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { ClewError } from "../../base/error.ts";
import { listEntries } from "../../query/entries.ts";
import { listMemoryFiles } from "../../query/memory-files.ts";
import { memoryKey } from "../../query/memory-key.ts";
import { listSessions } from "../../query/sessions.ts";
import { type Answer, MOST_MAX_TOKENS } from "./answer.ts";
import { completed, entryIds, type KnownIds, memoryKeys, sessionIds } from "./known-ids.ts";
import { listedId, shortTime } from "./safe-words.ts";
import { callOf, type Frame, failureText } from "./server.ts";
import type { ToolCall } from "./services.ts";
import { shownAnswer } from "./shown.ts";
import { refusal } from "./tool.ts";
import { listEntriesTool } from "./tools/entries.ts";
import { memoryGetTool } from "./tools/memory.ts";
import { getSessionTool } from "./tools/session.ts";

interface Kind {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the address names, for reading. */
  readonly read: (id: string, call: ToolCall) => Answer | Promise<Answer>;
  /** The newest ones: names hold no stored words. */
  readonly list: (frame: Frame) => readonly { readonly id: string; readonly name: string }[];
  /** What completes an address. */
  readonly known: KnownIds;
}

const LISTED = 20;

const KINDS: readonly Kind[] = [
  {
    name: "session",
    title: "Session",
    description: "A recorded session: title, outcome, figures.",
    read: (id, call) => getSessionTool.run({ session_id: id, part: "overview" } as never, call),
    list({ services }) {
      const { ask, clock, timeZone } = services;
      const question = { filter: { terms: [], words: [], problems: [] }, now: clock(), timeZone, limit: LISTED };
      const rows = ask((db) => listSessions(db, question).rows) ?? [];
      return rows.flatMap((row) => {
        const id = listedId(row.session_id);
        return id === null ? [] : [{ id, name: `session of ${shortTime(row.started_at)}` }];
      });
    },
    known: sessionIds,
  },
  {
    name: "entry",
    title: "Entry",
    description: "A finding, task, decision, issue or note, with its body and notes.",
    read: (id, call) => listEntriesTool.run({ entry_id: id } as never, call),
    list({ services }) {
      const rows = services.ask((db) => listEntries(db, { limit: LISTED }).rows) ?? [];
      return rows.flatMap((row) => {
        const id = listedId(row.entry_id);
        return id === null ? [] : [{ id, name: `${row.category}, ${shortTime(row.changed_at)}` }];
      });
    },
    known: entryIds,
  },
  {
    name: "memory",
    title: "Memory file",
    description: "A memory file of an agent.",
    read: (id, call) => memoryGetTool.run({ memory_id: id, all_projects: true } as never, call),
    list({ services }) {
      const rows = services.ask((db) => listMemoryFiles(db, { projectId: null }, false, LISTED)) ?? [];
      return rows.map(({ id, changed_at }) => ({
        id: memoryKey(id),
        name: `memory file, ${shortTime(changed_at)}`,
      }));
    },
    known: memoryKeys,
  },
];

export function addResources(server: McpServer, frame: Frame): void {
  for (const kind of KINDS) addKind(server, kind, frame);
}

function addKind(server: McpServer, kind: Kind, frame: Frame): void {
  const { name, title, description } = kind;
  const template = new ResourceTemplate(`clew://${name}/{id}`, {
    complete: { id: completed(kind.known, frame) },
    list: () => ({
      resources: kind.list(frame).map(({ id, name: label }) => ({
        uri: `clew://${name}/${encodeURIComponent(id)}`,
        name: label,
        mimeType: "text/plain",
      })),
    }),
  });
  server.registerResource(
    name,
    template,
    { title, description, mimeType: "text/plain" },
    async (uri, variables, context) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: "text/plain",
          text: await textOf(kind, [uri, String(variables.id)], frame, context),
        },
      ],
    }),
  );
}

async function textOf(
  kind: Kind,
  [uri, id]: readonly [URL, string],
  frame: Frame,
  context: ServerContext,
): Promise<string> {
  try {
    const call = callOf(frame, context, MOST_MAX_TOKENS);
    return shownAnswer(await kind.read(decoded(id), call), MOST_MAX_TOKENS, call).text;
  } catch (error) {
    const said = failureText(error, frame.services);
    if (!(error instanceof ClewError) || error.code === "internal") throw new Error(said);
    throw error.code === "not_found"
      ? new ResourceNotFoundError(uri.href, said)
      : new ProtocolError(ProtocolErrorCode.InvalidParams, said);
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw refusal("not_found", "half an escape stands in the address");
  }
}
