/** @module What a session is given at its start, or why nothing: the one answer for the hook and for the preview. */
import { existsSync } from "node:fs";
import { readConfig } from "../base/config.ts";
import { clewPaths, type Environment } from "../base/paths.ts";
import type { Place } from "../model/place.ts";
import { type AssembledContext, assembleContext } from "./assemble.ts";
import { DEFAULT_TOKENS, MOST_TOKENS } from "./budget.ts";
import type { Principal } from "./policy.ts";
import { partsOf, switchedOff, switchedOffBy } from "./switches.ts";

export interface ContextQuestion {
  readonly env: Environment;
  readonly place: Place;
  readonly principal: Principal;
  /** The session that starts; null: none, somebody looks at what one would get. */
  readonly sessionId: string | null;
  /** As the client says it: startup, clear, compact, resume, fork; null: not said. */
  readonly source: string | null;
  readonly isSubagent: boolean;
  /** Milliseconds UTC. */
  readonly now: number;
}

export interface PreparedContext extends AssembledContext {
  /** Tokens at most. */
  readonly budget: number;
  /** Why nothing is passed on, whatever there is; null: nothing speaks against it. */
  readonly off: string | null;
  /** What is wrong with the settings. */
  readonly problems: readonly string[];
}

const NOTHING: AssembledContext = { text: "", tokens: 0, items: [] };

/** Never throws: a database that cannot be read gives nothing, and says so in `off`. */
export async function prepareContext(question: ContextQuestion): Promise<PreparedContext> {
  const { env, place, principal, sessionId, source, now } = question;
  const paths = clewPaths(env);
  const { config, problems } = await readConfig(paths.config);
  const budget = Math.min(config.context.tokens ?? DEFAULT_TOKENS, MOST_TOKENS);
  const nothing = (off: string): PreparedContext => ({ ...NOTHING, budget, off, problems });

  const parts = partsOf(source, question.isSubagent);
  const off = switchedOff(env, place.workspacePath) ?? switchedOffBy(config.context, place.workspacePath);
  if (off !== null) return nothing(off);
  if (parts === "nothing")
    return nothing(question.isSubagent ? "a subagent has its task" : `the session's source is ${source}`);
  if (budget === 0) return nothing("the settings allow 0 tokens");
  if (!existsSync(paths.database)) return nothing("nothing has been indexed yet");
  try {
    // SQLite takes longer to load than everything else here.
    const { readFacts } = await import("./read-facts.ts");
    const facts = readFacts(paths.database, { place, principal, sessionId, parts, now });
    return { ...assembleContext(facts, { place, principal, budget, now }), budget, off: null, problems };
  } catch (error) {
    return nothing(`the database cannot be read: ${(error as Error).message}`);
  }
}
