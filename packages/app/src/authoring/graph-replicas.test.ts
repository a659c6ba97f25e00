import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ClewError } from "../base/error.ts";
import { entityDetail, searchGraph } from "../query/graph.ts";
import { graphLines } from "../query/graph-export.ts";
import { everyChange } from "../query/memory-testing.ts";
import { addEntities, entityMeant, groupsIn, relateEntities, removeObservations } from "./graph.ts";
import { deleteEntity, mergeEntities, renameEntity, undeleteEntity, undoEntity } from "./graph-edit.ts";
import { entityIdOf } from "./graph-ids.ts";
import { receiveChanges } from "./memory-replica-testing.ts";
import { type Authoring, openAuthoring } from "./open-authoring.ts";

const YEAR = 365 * 24 * 3_600_000;
const NAMES = ["a", "b", "c"] as const;
const device = fc.nat(2);
const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("add" as const, "forget" as const), at: device, name }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("merge" as const, "relate" as const, "unrelate" as const),
      at: device,
      name,
      other: name,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("rename" as const, "delete" as const, "undelete" as const, "undo" as const),
      at: device,
      name,
    }),
  },
  // Some of what one has comes to another, the newest first, some of it twice.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("tell" as const),
      at: device,
      to: device,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Replica {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: () => number;
}

function replica(skew: number): Replica {
  const home = mkdtempSync(join(tmpdir(), "clew-graph-"));
  let now = Date.UTC(2026, 10, 21, 12) + skew;
  const env = { HOME: home, CLEW_HOME: join(home, "data"), CLEW_RUNTIME_DIR: join(home, "run"), CLEW_IDENTITY: "ada" };
  return { env, clock: () => (now += 1000) };
}

/** A process of its own each time, as commands are. */
async function within<Answer>(
  { env, clock }: Replica,
  act: (authoring: Authoring) => Promise<Answer> | Answer,
): Promise<Answer> {
  const authoring = openAuthoring({ env, clock, cwd: env.HOME!, pid: 1 });
  try {
    return await act(authoring);
  } finally {
    authoring.close();
  }
}
const changesOf = (one: Replica) => within(one, (authoring) => authoring.read(everyChange) ?? []);

async function take(replicas: readonly Replica[], one: Step, text: string): Promise<void> {
  const here = replicas[one.at]!;
  if (one.do === "tell") {
    const all = await changesOf(here);
    const some = all.slice(Math.floor(all.length * (1 - one.share))).reverse();
    const to = replicas[one.to]!;
    return receiveChanges(to.env, to.clock, [...some, ...some.slice(0, 2)]);
  }
  return within(here, async (authoring) => {
    const author = authoring.author();
    const named = { from: one.name, type: "knows", to: "other" in one ? one.other : one.name };
    if (one.do === "add") await addEntities(authoring, [{ name: one.name, type: "t", observations: [text] }], author);
    else if (one.do === "forget") {
      const groups = groupsIn(authoring);
      const detail = authoring.read((db) => entityDetail(db, groups, entityMeant(authoring, one.name, groups)));
      const [first] = detail?.observations ?? [];
      if (first) await removeObservations(authoring, one.name, [first.text], author);
    } else if (one.do === "merge") await mergeEntities(authoring, one.name, one.other, author);
    else if (one.do === "relate" || one.do === "unrelate")
      await relateEntities(authoring, [named], author, one.do === "relate");
    else if (one.do === "rename") await renameEntity(authoring, one.name, `${one.name} ${text}`, author);
    else if (one.do === "delete") await deleteEntity(authoring, one.name, author);
    else if (one.do === "undelete") await undeleteEntity(authoring, one.name, author);
    else await undoEntity(authoring, one.name, author);
  }).catch((error: unknown) => {
    // What is not known here, or was deleted, cannot be changed: a sentence, and nothing written.
    if (!(error instanceof ClewError) || !["usage", "not_found"].includes(error.code)) throw error;
  });
}

/** Everything that commands show of a graph, but for the order of times, which the way between the devices has changed here. */
const shown = (one: Replica) =>
  within(one, (authoring) =>
    authoring.read((db) => {
      const groups = groupsIn(authoring);
      return {
        lines: graphLines(db),
        found: [...searchGraph(db, "", 100).rows].map(({ name: called }) => called).sort(),
        details: groups.all
          .map((group) => entityDetail(db, groups, group))
          .map(({ id, name: called, type, deleted, merged, observations, relations, conflicts }) => {
            return {
              id,
              called,
              type,
              deleted,
              merged,
              conflicts,
              observations: observations.map((two) => two.text).sort(),
              relations: relations.map(({ from_id, type: kind, to_id }) => [from_id, kind, to_id]),
            };
          }),
      };
    }),
  );

test("three devices show one graph, merges in circles too, and no change that was written is missing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
      const replicas = [0, YEAR, -3_600_000].map(replica);
      try {
        for (const [index, one] of steps.entries()) await take(replicas, one, `text ${index}`);
        const lists = await Promise.all(replicas.map(changesOf));
        const all = [...new Map(lists.flat().map((change) => [change.changeId, change])).values()];
        for (const one of replicas) await receiveChanges(one.env, one.clock, [...all, ...all.slice(0, 3)].reverse());
        const [first, ...others] = await Promise.all(replicas.map(shown));
        for (const other of others) expect(other).toEqual(first);
        for (const one of replicas) {
          const known = new Map((await changesOf(one)).map((change) => [change.changeId, change]));
          for (const change of all) expect(known.get(change.changeId)?.data).toEqual(change.data);
        }
      } finally {
        for (const { env } of replicas) rmSync(env.HOME!, { recursive: true, force: true });
      }
    }),
    { numRuns: 8 },
  );
}, 300_000);

test("a into b on one device and b into a on another is one thing on both, with a third into either", async () => {
  const [one, two] = [replica(0), replica(-5000)];
  try {
    await within(one, async (authoring) => {
      const given = ["a", "b", "c"].map((called) => ({ name: called, observations: [`of ${called}`] }));
      await addEntities(authoring, given, authoring.author());
    });
    await receiveChanges(two.env, two.clock, await changesOf(one));
    await within(one, (authoring) => mergeEntities(authoring, "a", "b", authoring.author()));
    await within(two, (authoring) => mergeEntities(authoring, "b", "a", authoring.author()));
    await within(two, (authoring) => mergeEntities(authoring, "c", "a", authoring.author()));
    await receiveChanges(one.env, one.clock, await changesOf(two));
    await receiveChanges(two.env, two.clock, await changesOf(one));
    for (const here of [one, two])
      await within(here, async (authoring) => {
        const lines = authoring.read(graphLines)!;
        expect(lines).toMatchObject([{ type: "entity", observations: ["of a", "of b", "of c"] }]);
        const group = entityMeant(authoring, "a");
        expect(entityMeant(authoring, "c")).toEqual(group);
        expect(group.id).toBe([entityIdOf("a"), entityIdOf("b")].sort()[0]);
      });
  } finally {
    for (const { env } of [one, two]) rmSync(env.HOME!, { recursive: true, force: true });
  }
});
