import { unlinkSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryHistory } from "../query/memory-files.ts";
import { replaceFile } from "../setup/replace-file.ts";
import { type MemoryBed, memoryBed } from "./memory-testing.ts";

const NAMES = ["a.md", "sub/b.md"] as const;
const idOf = (name: string): string => `dir:shop/memory/${name}`;

const name = fc.constantFrom(...NAMES);
const text = fc.constantFrom("one", "two\n", "# three\r\n", "");
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("write" as const), name, text }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("unlink" as const), name }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("sync" as const, "push" as const, "pull" as const),
      named: fc.option(name, { nil: null }),
    }),
  },
  // As another device would: after a version that it has seen, or without having seen any.
  { weight: 3, arbitrary: fc.record({ do: fc.constant("elsewhere" as const), name, text, sees: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deletedElsewhere" as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restore" as const), name, which: fc.nat(5) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function take(bed: MemoryBed, one: Step, made: () => string): Promise<void> {
  switch (one.do) {
    case "write":
      // No two writes are equal, so that each can be looked for.
      bed.write(one.name, `${one.text}${made()}`);
      return;
    case "unlink":
      if (bed.read(one.name) !== null) unlinkSync(bed.path(one.name));
      return;
    case "elsewhere":
    case "deletedElsewhere":
      await bed.withAuthoring(async (authoring) => {
        const author = authoring.author();
        const id = idOf(one.name);
        const history = authoring.read((db) => memoryHistory(db, id)) ?? [];
        if (one.do === "deletedElsewhere") {
          if (history.length > 0) await authoring.write("memory", id, { set: { deleted: true } }, author);
          return;
        }
        const seen = history
          .filter(({ what }) => what === "content")
          .slice(-one.sees)
          .map(({ version }) => version);
        const set = { content: `${one.text}${made()}`, path: `memory/${one.name}`, project: "dir:shop" };
        const data = { set, ...(one.sees > 0 && seen.length > 0 && { replaces: { content: seen } }) };
        await authoring.writeAll([{ target: "memory", subject: id, data }], author);
      });
      return;
    case "restore": {
      const history = await bed.withAuthoring(
        (authoring) => authoring.read((db) => memoryHistory(db, idOf(one.name))) ?? [],
      );
      const versions = history.filter(({ what }) => what === "content");
      const version = versions[one.which % Math.max(1, versions.length)]?.version;
      if (version !== undefined) await bed.restore(idOf(one.name), version);
      return;
    }
    default: {
      const isThere = one.named !== null && bed.read(one.named) !== null;
      await bed.run(one.do, isThere ? [bed.path(one.named!)] : []);
    }
  }
}

test("whatever comes in whatever order, no text that a command has met is lost, and both sides end alike", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const bed = memoryBed(replaceFile);
      try {
        let count = 0;
        const made = (): string => `#${++count}`;
        const met = new Map<string, Set<string>>(NAMES.map((one) => [one, new Set()]));
        const meet = (): void => {
          for (const one of NAMES) {
            const content = bed.read(one);
            if (content !== null) met.get(one)!.add(content);
          }
        };
        for (const one of steps) {
          // What lies there when a command begins, and when it has ended.
          const isCommand = one.do !== "write" && one.do !== "unlink";
          const before = isCommand ? new Map(NAMES.map((two) => [two, bed.read(two)])) : null;
          await take(bed, one, made);
          if (!before) continue;
          for (const two of NAMES) {
            const [was, is] = [before.get(two) ?? null, bed.read(two)];
            // What a command has replaced or taken away.
            if (was !== null && was !== is) met.get(two)!.add(was);
          }
        }
        meet();
        await bed.run("sync");
        meet();
        await bed.run("sync");
        for (const one of NAMES) {
          const versions = bed.versions(idOf(one));
          for (const content of met.get(one)!) expect(versions).toContain(content);
          const content = bed.read(one);
          const history = await bed.withAuthoring(
            (authoring) => authoring.read((db) => memoryHistory(db, idOf(one))) ?? [],
          );
          const current = history.find((two) => two.current);
          const stored = current ? versions[history.filter(({ what }) => what === "content").indexOf(current)] : null;
          expect(content).toBe(stored ?? null);
        }
        expect((await bed.run("sync")).rows).toEqual([]);
      } finally {
        bed.remove();
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);
