/** @module On whose behalf a session starts: the identities of its agent and of its person at a place. */
import { clewPaths, type Environment } from "../base/paths.ts";
import type { Place } from "../model/place.ts";
import { createIdentityResolver } from "../place/identity.ts";
import type { Principal } from "./policy.ts";

/** By the user's rules, and by CLEW_IDENTITY where it is set. Never throws. */
export function principalOf(agent: string, place: Place, env: Environment, userHome: string): Principal {
  const resolve = createIdentityResolver({ env, rulesPath: clewPaths(env).identities, userHome });
  const { identityId, personId } = resolve(agent, place);
  return { identityId, personId, scriptId: resolve("script", place).identityId };
}
