/** @module `clew context`: what a session is given at its start, and what one was given. */
import { homedir } from "node:os";
import { resolve } from "node:path";
import { ClewError } from "../../../base/error.ts";
import { errorForAgents } from "../../../base/foreign-words-error.ts";
import type { ContextItem } from "../../../context/assemble.ts";
import type { PreparedContext } from "../../../context/prepare.ts";
import type { Place } from "../../../model/place.ts";
import { lastInjected, newestInjected } from "../../../query/context-facts.ts";
import { type AgentOutput, agentOutput } from "../agent-output.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";
import { ask, type CliContext } from "../context.ts";
import { localTime } from "../render/formats.ts";
import { bold, dim, type Piece } from "../render/piece.ts";
import { sessionIdFrom } from "../session-id.ts";

export const contextCommand: CliCommand = {
  summary: "show what a session would be given at its start and why, or what one was given",
  operands: "[SESSION]",
  arity: [0, 1],
  flags: {
    preview: { type: "boolean", description: "what a session would be given now, to the byte (the default)" },
    last: { type: "boolean", description: "what SESSION, else the newest session here, was given" },
    workspace: { type: "string", description: "the workspace; default: the working directory's", valueHint: "DIR" },
    ...JSON_FLAG,
  },
  examples: ["clew context --preview", "clew context --workspace ~/web --json", "clew context --last 7f3a"],
  async run(invocation) {
    const { flags, operands } = invocation;
    if (flags.last && flags.preview) throw new ClewError("usage", "give either --preview or --last");
    if (operands.length > 0 && !flags.last) throw new ClewError("usage", "a session is named together with --last");
    return flags.last ? showLast(invocation) : preview(invocation);
  },
};

/** The agent's session that this runs in, as its surroundings name it. */
function ownSession({ env }: CliContext): string | null {
  return env.CLAUDE_CODE_SESSION_ID || env.CLEW_SESSION_ID || null;
}

function userHome({ env }: CliContext): string {
  return env.HOME || env.USERPROFILE || homedir();
}

async function placeOf(context: CliContext, flags: Invocation["flags"]): Promise<Place> {
  const { createPlaceResolver } = await import("../../../place/place.ts");
  return createPlaceResolver(userHome(context))(resolve(textFlag(flags, "workspace") ?? "."), "");
}

async function preview({ context, flags }: Invocation): Promise<number> {
  const { env, clock, out, err } = context;
  const place = await placeOf(context, flags);
  const [{ prepareContext }, { principalOf }] = await Promise.all([
    import("../../../context/prepare.ts"),
    import("../../../context/principal.ts"),
  ]);
  const principal = principalOf("claude-code", place, env, userHome(context));
  const prepared = await prepareContext({
    env,
    place,
    principal,
    sessionId: ownSession(context),
    source: "startup",
    isSubagent: false,
    now: clock(),
  });
  if (flags.json) {
    const { workspacePath: workspace, workspaceId: workspace_id, projectId: project_id } = place;
    out.json({ ...prepared, workspace, workspace_id, project_id, identity: principal.identityId });
    return 0;
  }
  if (prepared.text !== "") out.text(prepared.text);
  explain(prepared, place, context);
  for (const problem of prepared.problems) err.line({ text: "settings:", style: "yellow" }, ` ${problem}`);
  return 0;
}

/** On the way of errors, so that standard output is what a session gets and nothing else. */
function explain({ text, tokens, budget, off, items }: PreparedContext, place: Place, { err }: CliContext): void {
  if (text === "") {
    err.line(
      "A session that starts in ",
      place.workspacePath,
      ` is given nothing: ${off ?? "there is nothing to say"}.`,
    );
  } else {
    err.line("");
    err.line(dim(`${tokens} of at most ${budget} tokens, for a session that starts in ${place.workspacePath}`));
  }
  for (const line of items.map(itemLine)) err.line(...line);
}

function itemLine({ kind, included, reason, count, text, age }: ContextItem): readonly Piece[] {
  const what = count > 1 ? `${kind} (${count})` : kind;
  const details = [reason, ...(age === undefined ? [] : [age])].join(", ");
  return [
    included ? { text: "in   ", style: "green" } : dim("out  "),
    bold(what.padEnd(16)),
    dim(details),
    text === undefined ? "" : `  ${text.slice(0, 60)}`,
  ];
}

/** What another session was given is a record: an agent reads it in a fence. */
async function showLast({ context, flags, operands }: Invocation): Promise<number> {
  const { env, clock } = context;
  const fenced = await agentOutput("context", env, clock, context);
  try {
    return await printLast({ context, flags, operands }, fenced);
  } catch (error) {
    throw fenced ? errorForAgents(error) : error;
  } finally {
    fenced?.end();
  }
}

async function printLast({ context, flags, operands }: Invocation, fenced: AgentOutput | null): Promise<number> {
  const { clock, timeZone } = context;
  const word = operands[0] ?? ownSession(context);
  const place = await placeOf(context, flags);
  const given = await ask(context, (db) =>
    word === null ? newestInjected(db, place.workspaceId) : lastInjected(db, sessionIdFrom(db, word, clock())),
  );
  const { out, err } = fenced !== null && given && given.session_id !== fenced.sessionId ? fenced : context;
  if (flags.json) {
    out.json(given ?? { session_id: word, ts: null, text: "", items: [] });
    return 0;
  }
  if (!given) {
    err.line(
      word === null ? `No session in ${place.workspacePath} was given anything.` : `Session ${word} was given nothing.`,
    );
    return 0;
  }
  out.text(given.text);
  err.line("");
  err.line(dim(`given to ${given.session_id}, ${localTime(given.ts, timeZone)}`));
  for (const line of (given.items as readonly ContextItem[]).map(itemLine)) err.line(...line);
  return 0;
}
