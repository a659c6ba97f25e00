/** @module `clew memory hook`: keeps the memory file that an agent has just written. Whatever happens, the agent goes on. */
import { ClewError } from "../../../../base/error.ts";
import type { Invocation } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { memoryHere } from "./here.ts";

/** A body of a hook that writes a file of 1 MB is longer than the file. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Always 0, and nothing on standard output, which the agent would read. */
export async function memoryHook({ context }: Invocation): Promise<number> {
  try {
    await keepWritten(context, await standardInput());
  } catch (error) {
    if (context.env.CLEW_DEBUG) context.err.line(`clew: ${(error as Error).message}`);
  }
  return 0;
}

export async function keepWritten(context: CliContext, body: string): Promise<void> {
  const { fileOfHook } = await import("../../../../authoring/memory-hook.ts");
  const file = fileOfHook(body);
  if (!file) return;
  const [{ rootAround }, { syncMemory }] = await Promise.all([
    import("../../../../authoring/memory-places.ts"),
    import("../../../../authoring/memory-sync.ts"),
  ]);
  const env = { ...context.env };
  // The hook's own word for its session, where the environment has none.
  if (file.sessionId !== null && !env.CLAUDE_CODE_SESSION_ID) env.CLAUDE_CODE_SESSION_ID = file.sessionId;
  await memoryHere({ ...context, env }, undefined, async (here) => {
    const root = rootAround(here.places, file.path);
    if (root?.kind !== "file") return;
    const { problems } = await syncMemory(here, { direction: "push", roots: [root], named: false, dryRun: false });
    const [problem] = problems;
    if (problem) throw new ClewError("io", problem.message);
  });
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
