/** @module What the session in every line costs pino: a child logger that is passed around by hand beside one found by its context, and a mixin. */
import { fileURLToPath } from "node:url";
import { percentile, runNode } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const PROCESSES = 9;
const ROUNDS = 80;
const LINES = 5000;

/** One process: rounds of lines, each variant in turn; the median of what each round took beside the bare one's. */
async function measure() {
  const { pino } = await import("pino");
  const { logFields, withSession } = await import("clew-sdk");
  const { sessionLogger, sessionMixin } = await import("clew-sdk/pino");
  const devNull = pino.destination({ dest: "/dev/null", minLength: 4096, sync: true });
  let bytes = 0;
  const destination = {
    write(line) {
      bytes += line.length;
      devNull.write(line);
    },
  };
  const base = pino({}, destination);
  const inSession = sessionLogger(base);
  const mixed = pino({ mixin: sessionMixin }, destination);
  const lines = (log) => {
    const startedAt = performance.now();
    for (let number = 0; number < LINES; number++) log.info({ number, user: "ada" }, "request completed");
    return performance.now() - startedAt;
  };
  return await withSession({ record: false, workspace: "0123456789abcdef" }, async () => {
    const byHand = base.child(logFields());
    const variants = {
      bare: () => lines(byHand),
      session: () => lines(inSession),
      mixin: () => lines(mixed),
      none: () => lines(base),
    };
    const sizes = Object.entries(variants).map(([name, run]) => {
      const before = bytes;
      run();
      return [name, bytes - before];
    });
    if (sizes.some(([name, size]) => name !== "none" && size !== sizes[0][1]))
      throw new Error(`lines differ: ${JSON.stringify(sizes)}`);
    const names = Object.keys(variants);
    const times = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      // Nobody is always the first.
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round) % names.length];
        times[name].push(variants[name]());
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const ratio = (name, to) =>
      percentile(
        times[name].map((time, round) => time / times[to][round]),
        50,
      );
    return {
      line: percentile(times.bare, 50) / LINES,
      session: ratio("session", "bare"),
      mixin: ratio("mixin", "bare"),
      beside: ratio("session", "none"),
    };
  });
}

if (process.argv[2] === "one") process.stdout.write(JSON.stringify(await measure()));
else {
  const found = [];
  for (let number = 0; number < PROCESSES; number++) {
    const env = { CLEW_SDK: "off", NODE_ENV: "production" };
    found.push(JSON.parse((await runNode([fileURLToPath(import.meta.url), "one"], { env })).stdout));
  }
  const median = (name) =>
    percentile(
      found.map((one) => one[name]),
      50,
    );
  printTable(
    `pino, ${PROCESSES} processes, ${ROUNDS} rounds of ${LINES.toLocaleString("en")} lines each in turn; a bare line takes ${(median("line") * 1e6).toFixed(0)} ns`,
    [
      {
        what: "sessionLogger beside a child logger passed by hand",
        value: median("session"),
        unit: "ratio",
        budget: 1.05,
      },
      { what: "sessionLogger beside a logger whose lines carry no session", value: median("beside"), unit: "ratio" },
      { what: "pino's mixin beside the child logger", value: median("mixin"), unit: "ratio" },
    ],
  );
}
