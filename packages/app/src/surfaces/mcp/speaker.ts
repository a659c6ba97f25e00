/**
 * @module In whose name a tool writes, and in which session: that of the call itself where the client names the call, else the
 * one around the server. Whoever writes here is an agent, also where the server cannot tell which.
 */
import { homedir } from "node:os";
import type { Author } from "../../authoring/author.ts";
import { type Authoring, openAuthoring } from "../../authoring/open-authoring.ts";
import type { Environment } from "../../base/paths.ts";
import { sessionAuthor } from "../../query/session-author.ts";
import { sessionsById } from "../../query/sessions.ts";
import { sessionOfToolCall } from "../../query/tool-calls.ts";
import type { McpServices, ToolCall } from "./services.ts";

export type SpeakerWay = "tool call" | "surroundings" | "nothing";

export interface Speaker {
  readonly authoring: Authoring;
  readonly author: Author;
  readonly by: SpeakerWay;
}

/** A hook tells of a call just before it is made; it is waited for no longer than that. Milliseconds. */
const CALL_WITHIN_MS = 300;
const LOOK_EVERY_MS = 20;

/** Finds out who speaks, runs `act`, and lets go of everything. */
export async function asSpeaker<Result>(
  call: ToolCall,
  act: (speaker: Speaker) => Result | Promise<Result>,
): Promise<Result> {
  const { services } = call;
  const own = await sessionOfCall(call);
  const { env, cwd } = own === null ? aroundOf(services) : placeOf(services, own);
  const authoring = openAuthoring({ env, cwd, clock: services.clock });
  try {
    return await act({ authoring, ...speakerOf(call, authoring, own) });
  } finally {
    authoring.close();
  }
}

function speakerOf(
  { seen }: ToolCall,
  authoring: Authoring,
  own: string | null,
): { readonly author: Author; readonly by: SpeakerWay } {
  const author = authoring.author();
  if (own !== null && author.sessionId === own)
    return { author: { ...withTaint(author, seen.foreign), why: "the call was made in it" }, by: "tool call" };
  if (author.origin === "agent") return { author: withTaint(author, seen.foreign), by: "surroundings" };
  // Nobody is known to run here; what is nearest says at least where it belongs, and for whom the agent works.
  const { sessionId } = author;
  const stored = sessionId === null ? null : authoring.read((db) => sessionAuthor(db, sessionId));
  const identity =
    stored?.identity ?? `mcp@${authoring.place.projectName.replace(/[^A-Za-z0-9._@+-]/g, "_").slice(0, 60)}`;
  return {
    author: { ...author, identity, origin: "agent", tainted: true },
    by: sessionId === null ? "nothing" : "surroundings",
  };
}

function withTaint(author: Author, hasSeenForeign: boolean): Author {
  return hasSeenForeign ? { ...author, tainted: true } : author;
}

/** The session that the call itself belongs to; null: the client does not say, or nothing has told of the call. */
async function sessionOfCall({ toolUseId, services, signal }: ToolCall): Promise<string | null> {
  if (toolUseId === null) return null;
  const find = (): string | null => services.ask((db) => sessionOfToolCall(db, toolUseId));
  const known = find();
  if (known !== null || !services.settle) return known;
  await services.settle().catch(services.onError);
  for (const until = performance.now() + CALL_WITHIN_MS; ; ) {
    const found = find();
    if (found !== null || performance.now() > until || signal.aborted) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

interface Around {
  readonly env: Environment;
  readonly cwd: string;
}

/** Variables that name a session, other than the client's own. */
const OTHERS = ["CLEW_SESSION_ID", "CLEW_PARENT_SESSION_ID", "CLEW_CLIENT_SESSION_ID", "CLEW_WORKSPACE"] as const;

function aroundOf({ env, cwd }: McpServices): Around {
  if (cwd !== null) return { env, cwd };
  return { env: withoutSessions(env), cwd: env.HOME ?? homedir() };
}

/** As if one stood in that session. */
function placeOf(services: McpServices, sessionId: string): Around {
  const { env, cwd, clock } = services;
  const session = services.ask((db) => sessionsById(db, [sessionId], clock())[0]);
  return {
    env: { ...withoutSessions(env), CLAUDE_CODE_SESSION_ID: sessionId },
    cwd: cwd ?? session?.workspace ?? env.HOME ?? homedir(),
  };
}

function withoutSessions(env: Environment): Environment {
  const none = Object.fromEntries(OTHERS.map((name) => [name, undefined]));
  return { ...env, ...none, CLAUDE_CODE_SESSION_ID: undefined };
}
