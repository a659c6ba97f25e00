import { existsSync, readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { replaceFile } from "../setup/replace-file.ts";
import { type MemoryBed, memoryBed } from "./memory-testing.ts";

const NAMES = ["a.md", "sub/b.md"] as const;
const YEAR = 365 * 24 * 3_600_000;
const device = fc.nat(2);
const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("write" as const), at: device, name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("unlink" as const), at: device, name }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("sync" as const, "push" as const, "pull" as const), at: device }),
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
  // What was written and not yet remembered as synced, when the machine went down.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), at: device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stranger" as const), at: device, name }) },
);

function filesOf(bed: MemoryBed): Readonly<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const below of readdirSync(bed.memory, { recursive: true }).map(String).sort())
    if (statSync(join(bed.memory, below)).isFile()) found[below] = bed.read(below);
  return found;
}

async function exchange(beds: readonly MemoryBed[]): Promise<void> {
  const all = (await Promise.all(beds.map((bed) => bed.changes()))).flat();
  for (const bed of beds) await bed.receive([...all].reverse());
}

test("three devices of one person end with the same files, and every version that a command took is in each history", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
      const beds = [0, YEAR, -3_600_000].map((skew) => memoryBed(replaceFile, { skew }));
      try {
        let count = 0;
        const acknowledged = new Map<string, string>();
        for (const one of steps) {
          const bed = beds[one.at]!;
          if (one.do === "write") bed.write(one.name, `text ${++count} of ${one.at}\r\n`);
          else if (one.do === "unlink") {
            if (existsSync(bed.path(one.name))) unlinkSync(bed.path(one.name));
          } else if (one.do === "tell") {
            const all = await bed.changes();
            const some = all.slice(Math.floor(all.length * (1 - one.share))).reverse();
            await beds[one.to]!.receive([...some, ...some.slice(0, 2)]);
          } else if (one.do === "forget") rmSync(join(bed.home, "data", "memory-sync.json"), { force: true });
          else if (one.do === "stranger") {
            const set = { content: `stranger ${++count}`, path: `memory/${one.name}`, project: "dir:shop" };
            const subject = `dir:shop/memory/${one.name}`;
            await bed.receive([{ changeId: `s-${count}`, target: "memory", subject, author: "bo", data: { set } }]);
          } else {
            const { rows } = await bed.run(one.do);
            for (const row of rows.filter(({ action }) => action === "pushed"))
              acknowledged.set(bed.read(row.path.slice("memory/".length))!, row.id);
          }
        }
        for (let round = 0; round < 3; round++) {
          await exchange(beds);
          for (const bed of beds) await bed.run("sync");
        }
        const [first, ...others] = beds.map(filesOf);
        for (const files of others) expect(files).toEqual(first);
        for (const bed of beds) {
          for (const text of Object.values(filesOf(bed))) expect(text).not.toContain("stranger");
          for (const [text, id] of acknowledged) expect(bed.versions(id)).toContain(text);
          expect((await bed.run("sync")).rows).toEqual([]);
        }
      } finally {
        for (const bed of beds) bed.remove();
      }
    }),
    { numRuns: 8 },
  );
}, 300_000);
