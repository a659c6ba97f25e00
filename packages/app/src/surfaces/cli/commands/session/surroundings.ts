/** @module What the session commands stand in: the place, the registry, the spool. Loaded only when one of them runs. */
import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { clewPaths, runtimeDirectory } from "../../../../base/paths.ts";
import type { Place } from "../../../../model/place.ts";
import type { NewRegistryEntry, Registry } from "../../../../registry/registry.ts";
import type { WhichSession, WhichWay } from "../../../../registry/which.ts";
import type { CliContext } from "../../context.ts";
import type { OwnRecord } from "./own-record.ts";

export interface Surroundings {
  readonly context: CliContext;
  readonly cwd: string;
  readonly place: Place;
  readonly registry: Registry;
  /** UUIDv4. */
  readonly newId: () => string;
  readonly which: (ways?: readonly WhichWay[]) => WhichSession;
  /** The identity that the registry shows for a session of that agent here. */
  readonly identityOf: (agent: string) => string;
  /** CLEW_IDENTITY, when it is one. */
  readonly givenIdentity: string | null;
  /** Writes one file to the spool. Durable: it survives a power cut. Throws `io` or `permission`. */
  readonly write: (records: readonly OwnRecord[], options: { readonly isDurable: boolean }) => void;
  /** Registers a session and clears stale entries away; the sentence says why it could not. */
  readonly register: (entry: NewRegistryEntry) => string | null;
  /** Stores what the spool holds unless somebody else does; a failure leaves it for the next writer. */
  readonly drain: () => Promise<void>;
}

function workingDirectory(context: CliContext): string {
  try {
    return process.cwd();
  } catch {
    return context.env.PWD ?? "/";
  }
}

/** Everything that is imported here is needed by every one of the commands, and by no other command. `onRuleProblem`: of the rules for identities. */
export async function surroundings(
  context: CliContext,
  onRuleProblem: (message: string) => void = () => {},
): Promise<Surroundings> {
  const [registryModule, whichModule, placeModule, identityModule, spool] = await Promise.all([
    import("../../../../registry/registry.ts"),
    import("../../../../registry/which.ts"),
    import("../../../../place/place.ts"),
    import("../../../../place/identity.ts"),
    import("../../../../spool/spool-directory.ts"),
  ]);
  const { env, clock, err } = context;
  const paths = clewPaths(env);
  const cwd = workingDirectory(context);
  const userHome = env.HOME ?? homedir();
  const place = placeModule.createPlaceResolver(userHome)(cwd, "");
  const registry = registryModule.openRegistry({
    directory: runtimeDirectory(env),
    clock,
    expiryHours: registryModule.registryHours(env) ?? registryModule.EXPIRY_HOURS,
  });
  const identities = identityModule.createIdentityResolver({
    env,
    rulesPath: paths.identities,
    userHome,
    onProblem: onRuleProblem,
  });
  return {
    context,
    cwd,
    place,
    registry,
    newId: randomUUID,
    which: (ways) =>
      whichModule.whichSession({ env, cwd, pid: process.pid, registry, clock, ...(ways !== undefined && { ways }) }),
    identityOf: (agent) => identities(agent, place).identityId,
    givenIdentity: identityModule.sanitisedIdentity(env.CLEW_IDENTITY),
    write(records, { isDurable }) {
      const body = Buffer.from(JSON.stringify(records.length === 1 ? records[0] : records));
      const record = { kind: "event", fields: { at: String(clock()) }, body } as const;
      spool.writeSpoolRecord(paths.spool, record, { durable: isDurable });
    },
    register(entry) {
      try {
        registry.register(entry);
        registry.clean();
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    },
    async drain() {
      try {
        const { drainIfFree } = await import("../../../../ingest/drain-command.ts");
        await drainIfFree(env, clock);
      } catch (error) {
        // What was recorded is safe in the spool; this only would have shown it sooner.
        if (env.CLEW_DEBUG) err.line(`clew: not stored yet: ${(error as Error).message}`);
      }
    },
  };
}
