/** @module `clew memory hook`: keeps the memory file that an agent has just written. Whatever happens, the agent goes on. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Author } from "../../../../authoring/author.ts";
import type { WrittenFile } from "../../../../authoring/memory-hook.ts";
import { clewPaths, type Environment } from "../../../../base/paths.ts";
import { isSessionId } from "../../../../base/session-id.ts";
import type { Invocation } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { type MemoryHere, memoryHere } from "./here.ts";

/** Nobody waits for it, so nobody would end one that hangs. Milliseconds. */
const TIME_LIMIT_MS = 60_000;

/** Always 0, and nothing on standard output, which the agent would read. The operand is the data directory. */
export async function memoryHook({ context, operands }: Invocation): Promise<number> {
  const [home] = operands;
  const here = home === undefined ? context : { ...context, env: { ...context.env, CLEW_HOME: home } };
  const limit = setTimeout(() => process.exit(0), TIME_LIMIT_MS).unref();
  try {
    const { isHookOff, LARGEST_HOOK_BODY } = await import("../../../../authoring/memory-hook.ts");
    if (isHookOff(here.env)) return 0;
    const problem = await keepWritten(here, await standardInput(LARGEST_HOOK_BODY));
    if (problem !== null) await say(here, problem);
  } catch (error) {
    await say(here, (error as Error).message);
  } finally {
    clearTimeout(limit);
  }
  return 0;
}

/** Null: it is kept, or is no memory file. Else what is in the way, as a sentence. Rejects where the store cannot be used. */
export async function keepWritten(context: CliContext, body: string): Promise<string | null> {
  const { fileOfHook } = await import("../../../../authoring/memory-hook.ts");
  const file = fileOfHook(body);
  if (file === null || typeof file === "string") return file;
  const env = { ...context.env };
  // The hook's own word for its session, where the environment has none; what is no id names none.
  if (!isSessionId(env.CLAUDE_CODE_SESSION_ID)) {
    if (isSessionId(file.sessionId)) env.CLAUDE_CODE_SESSION_ID = file.sessionId;
    else delete env.CLAUDE_CODE_SESSION_ID;
  }
  // An agent's client has started this, in whichever session.
  env.CLAUDECODE ||= "1";
  const own = { ...context, env };
  const [{ rootAround }, { inTurn }] = await Promise.all([
    import("../../../../authoring/memory-places.ts"),
    import("./turn.ts"),
  ]);
  // Most .md files are no memory files: they are not worth a turn.
  const isMemory = await memoryHere(own, undefined, ({ places }) => rootAround(places, file.path)?.kind === "file");
  return isMemory ? inTurn(own, () => memoryHere(own, undefined, (here) => keep(own, here, file))) : null;
}

async function keep({ env, clock }: CliContext, here: MemoryHere, file: WrittenFile): Promise<string | null> {
  const [{ rootAround }, { syncMemory }] = await Promise.all([
    import("../../../../authoring/memory-places.ts"),
    import("../../../../authoring/memory-sync.ts"),
  ]);
  const root = rootAround(here.places, file.path);
  // What is gone by now was not written to be deleted: `push` and `sync` look at what is missing.
  if (root?.kind !== "file" || !existsSync(file.path) || (await isOnItsWay(env, here, root.path))) return null;
  const author =
    file.subagentCall === null ? ofAgent(here.author) : await subagentIn(here, file.subagentCall, { env, clock });
  const question = { direction: "push", roots: [root], named: false, dryRun: false } as const;
  const { problems } = await syncMemory({ ...here, author }, question);
  return problems[0]?.message ?? null;
}

/** Another hook has written it down just now, and a busy writer has not come to it yet. */
async function isOnItsWay(env: Environment, { authoring, bases }: MemoryHere, location: string): Promise<boolean> {
  const base = bases.get(location);
  if (!base) return false;
  const [{ readMemoryFile, hashOf }, { hasChange }, { listSpool }] = await Promise.all([
    import("../../../../authoring/memory-scan.ts"),
    import("../../../../query/shared-subject.ts"),
    import("../../../../spool/spool-directory.ts"),
  ]);
  if (authoring.read((db) => hasChange(db, base.version))) return false;
  const read = readMemoryFile(location);
  const isSame = read !== null && typeof read !== "string" && hashOf(read.content) === base.sha256;
  return isSame && listSpool(clewPaths(env).spool).names.length > 0;
}

/** Nobody but an agent writes here. In which session is never a guess from the directory. */
function ofAgent(author: Author): Author {
  if (author.agentSession !== undefined) return author;
  return { ...author, origin: "agent", tainted: true, sessionId: null, why: "its session is not known" };
}

/** The same author, writing in the subagent's session, as far as it is known. */
async function subagentIn(
  { authoring, author }: MemoryHere,
  call: string,
  { env, clock }: Pick<CliContext, "env" | "clock">,
): Promise<Author> {
  const [{ sessionOfToolCall }, { drainIfFree }] = await Promise.all([
    import("../../../../query/tool-calls.ts"),
    import("../../../../ingest/drain-command.ts"),
  ]);
  const find = (): string | null => authoring.read((db) => sessionOfToolCall(db, call));
  const known = find();
  if (known === null) await drainIfFree(env, clock).catch(() => false);
  const session = known ?? find();
  return session === null ? ofAgent(author) : authoring.author(session);
}

/** One line in the daemon's log: a hook has nobody to complain to. */
async function say({ env, clock, err }: CliContext, problem: string): Promise<void> {
  if (env.CLEW_DEBUG) err.line(`clew: ${problem}`);
  const { createDaemonLog } = await import("../../../../daemon/log.ts");
  createDaemonLog(join(clewPaths(env).home, "daemon.log"), clock).line(`memory hook: ${problem}`);
}

async function standardInput(most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > most) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
