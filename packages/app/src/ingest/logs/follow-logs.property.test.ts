import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLogBed, type LogBed } from "./testing.ts";

/** What a program and whoever rotates its logs do, and when somebody looks. */
type Act =
  | readonly ["write", number]
  /** A line of which the second part comes with the next act that writes. */
  | readonly ["half", number]
  /** Two equal lines, without a time. */
  | readonly ["twice", number]
  | readonly ["rename" | "copytruncate" | "compress" | "take" | "full" | "quiet" | "restart"];

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("write" as const), fc.integer({ min: 1, max: 5 })) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("half" as const), fc.nat(20)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("twice" as const), fc.nat(2)) },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom("rename" as const, "copytruncate", "compress", "full", "quiet", "restart")),
  },
  { weight: 6, arbitrary: fc.constant(["take"] as const) },
);

/** A program that writes `app.log`, with what it has written so far. */
function createWriter(bed: LogBed) {
  const file = bed.path("app.log");
  const written: string[] = [];
  let number = 0;
  let rest = "";
  const put = (text: string): void => {
    appendFileSync(file, rest + text);
    rest = "";
  };
  const next = (): string => {
    const text = `2026-11-21 10:00:00,${String(number % 1000).padStart(3, "0")} - app - INFO - line ${number++}`;
    written.push(text);
    return text;
  };
  /** app.log.1 becomes app.log.2, and so on. */
  const shift = (): void => {
    for (let age = 9; age >= 1; age--)
      for (const end of ["", ".gz"])
        if (existsSync(`${file}.${age}${end}`)) renameSync(`${file}.${age}${end}`, `${file}.${age + 1}${end}`);
  };
  return {
    written,
    finish: () => rest !== "" && put(""),
    acts: {
      write: (count: number) => {
        for (let done = 0; done < count; done++) put(`${next()}\n`);
      },
      half: (at: number) => {
        const text = `${next()}\n`;
        put(text.slice(0, at + 1));
        rest = text.slice(at + 1);
      },
      twice: (count: number) => {
        // Of its own, because a line without a time would belong to the one before.
        const text = `{"msg":"again ${number++}"}`;
        for (let done = 0; done <= count; done++) {
          written.push(text);
          put(`${text}\n`);
        }
      },
      rename: () => {
        // As a program does that reopens its file: what it is writing ends in the old one.
        if (rest !== "") put("");
        if (!existsSync(file)) return;
        shift();
        renameSync(file, `${file}.1`);
      },
      copytruncate: () => {
        if (rest !== "") put("");
        if (!existsSync(file)) return;
        shift();
        copyFileSync(file, `${file}.1`);
        truncateSync(file);
      },
      compress: () => {
        const old = `${file}.1`;
        if (!existsSync(old) || existsSync(`${old}.gz`)) return;
        writeFileSync(`${old}.gz`, gzipSync(readFileSync(old)));
        rmSync(old);
      },
    },
  };
}

async function run(
  acts: readonly Act[],
): Promise<{ readonly got: readonly string[]; readonly want: readonly string[] }> {
  const bed = createLogBed((path) => [{ path: path("app.log") }], { batchLines: 3 });
  try {
    const writer = createWriter(bed);
    for (const [name, count = 0] of acts) {
      if (name === "take") await bed.take();
      else if (name === "full") {
        bed.store.failure = Object.assign(new Error("full"), { code: "ENOSPC" });
        await bed.take().catch((error: Error) => expect(error.message).toBe("full"));
        bed.store.failure = null;
      } else if (name === "restart") bed.restart();
      else if (name === "quiet") {
        // A line in the making is finished before so long a time is over.
        writer.finish();
        bed.pass(10_000);
        await bed.takeAll();
      } else writer.acts[name](count);
    }
    writer.finish();
    bed.pass(10_000);
    await bed.takeAll();
    return { got: bed.texts(), want: [...writer.written].sort() };
  } finally {
    bed.remove();
  }
}

test("whatever is written and rotated while somebody looks, every line is stored exactly once", async () => {
  let runs = 0;
  let lines = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40, size: "max" }), async (acts) => {
      const { got, want } = await run(acts);
      runs++;
      lines += want.length;
      expect(got).toEqual(want);
    }),
    { numRuns: 300, seed: 21 },
  );
  expect(runs).toBe(300);
  expect(lines).toBeGreaterThan(3000);
});
