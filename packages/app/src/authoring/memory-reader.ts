/** @module On whose behalf memory files are written here: the person, and the agents that are the person's in this place. */
import { homedir } from "node:os";
import { clewPaths, type Environment } from "../base/paths.ts";
import type { Place } from "../model/place.ts";
import { createIdentityResolver, sanitisedIdentity } from "../place/identity.ts";
import type { MemoryReader } from "../query/memory-trust.ts";
import type { Author } from "./author.ts";

/** Agents whose sessions write down what concerns a workspace. */
const AGENTS = ["claude-code", "script", "command"];

export function memoryReader(author: Author, place: Place, env: Environment): MemoryReader {
  const userHome = env.HOME || homedir();
  const resolve = createIdentityResolver({ env, rulesPath: clewPaths(env).identities, userHome });
  const agents = AGENTS.map((agent) => resolve(agent, place).identityId);
  const people = [
    author.person ?? resolve("claude-code", place).personId,
    sanitisedIdentity(env.CLEW_IDENTITY),
    author.origin === "human" ? author.identity : null,
  ];
  return {
    people: [...new Set(people.filter((identity) => identity !== null))],
    agents: [...new Set(author.origin === "agent" ? [author.identity, ...agents] : agents)],
  };
}
