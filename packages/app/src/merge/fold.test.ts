import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../model/change.ts";
import { changeData, type Intent } from "./change-data.ts";
import { foldChanges } from "./fold.ts";

interface Replica {
  readonly device: string;
  readonly changes: Map<string, Change>;
  /** Highest clock seen. */
  hlc: number;
  /** Milliseconds by which its clock is wrong. */
  readonly skew: number;
}

const YEAR = 365 * 24 * 3600 * 1000;
const T0 = Date.UTC(2026, 10, 21);

function replica(device: string, skew: number): Replica {
  return { device, changes: new Map(), hlc: 0, skew };
}

/** What a device writes that sees what it has. */
function write(replica: Replica, subject: string, intent: Intent, now: number): void {
  const state = foldChanges([...replica.changes.values()].filter((change) => change.subject === subject));
  const data = changeData(state, intent);
  if (data === null) return;
  replica.hlc = Math.max(replica.hlc + 1, (now + replica.skew) * 1024);
  const changeId = `${replica.device}-${replica.changes.size}`;
  replica.changes.set(changeId, {
    changeId,
    target: "entry",
    subject,
    hlc: replica.hlc,
    device: replica.device,
    author: replica.device,
    origin: "human",
    tainted: false,
    sessionId: null,
    ts: now + replica.skew,
    data,
  });
}

/** Some of what one has comes to the other, in any order, some of it again. */
function receive(to: Replica, changes: readonly Change[]): void {
  for (const change of changes) {
    to.changes.set(change.changeId, change);
    to.hlc = Math.max(to.hlc, change.hlc);
  }
}

const word = fc.constantFrom("a", "b", "c");
const intent: fc.Arbitrary<Intent> = fc.record(
  {
    set: fc.dictionary(fc.constantFrom("title", "status"), fc.option(word, { nil: null }), { maxKeys: 2 }),
    add: fc.dictionary(fc.constant("tags"), fc.array(word, { maxLength: 2 }), { maxKeys: 1 }),
    remove: fc.dictionary(fc.constant("tags"), fc.array(word, { maxLength: 2 }), { maxKeys: 1 }),
    note: word,
    mark: fc.constantFrom("read", "acknowledged"),
  },
  { requiredKeys: [] },
);
const step = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), at: fc.nat(2), subject: fc.constantFrom("x", "y"), intent }),
  fc.record({
    kind: fc.constant("sync" as const),
    at: fc.nat(2),
    from: fc.nat(2),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

describe("three replicas that write, are cut off, and meet again", () => {
  it("show the same, whatever came when, and nothing that was written is lost", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const replicas = [replica("one", 0), replica("two", YEAR), replica("three", -3600_000)];
        steps.forEach((step, index) => {
          if (step.kind === "write") write(replicas[step.at]!, step.subject, step.intent, T0 + index);
          else {
            const all = [...replicas[step.from]!.changes.values()];
            receive(replicas[step.at]!, all.slice(0, Math.ceil(all.length * step.share)).reverse());
          }
        });
        const everything = replicas.flatMap(({ changes }) => [...changes.values()]);
        for (const one of replicas) receive(one, [...everything, ...everything].reverse());
        for (const subject of ["x", "y"]) {
          const states = replicas.map(({ changes }) =>
            foldChanges([...changes.values()].filter((change) => change.subject === subject)),
          );
          expect(states[1]).toEqual(states[0]);
          expect(states[2]).toEqual(states[0]);
          const written = everything.filter((change) => change.subject === subject);
          // A value is there, or a change that saw it has replaced it.
          for (const { changeId, data } of written) {
            for (const field of Object.keys(data.set ?? {})) {
              const standing = [
                states[0]!.fields[field]?.change,
                ...(states[0]!.conflicts[field] ?? []).map(({ change }) => change),
              ];
              const replaced = written.some((other) => other.data.replaces?.[field]?.includes(changeId));
              const equal = states[0]!.fields[field]?.value === data.set![field];
              expect(standing.includes(changeId) || replaced || equal).toBe(true);
            }
            if (data.note !== undefined) expect(states[0]!.notes.map(({ change }) => change)).toContain(changeId);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("one device after the other", () => {
  it("the later word stands, though the first one's clock is a year ahead", () => {
    const [ahead, right] = [replica("ahead", YEAR), replica("right", 0)];
    write(ahead, "x", { set: { status: "open" } }, T0);
    receive(right, [...ahead.changes.values()]);
    right.hlc = 0;
    write(right, "x", { set: { status: "resolved" } }, T0 + 1);
    const state = foldChanges([...ahead.changes.values(), ...right.changes.values()]);
    expect(state?.fields.status?.value).toBe("resolved");
    expect(state?.conflicts).toEqual({});
  });

  it("two that do not know of each other are both there until somebody chooses", () => {
    const [one, two] = [replica("one", 0), replica("two", 5)];
    write(one, "x", { set: { status: "open" } }, T0);
    receive(two, [...one.changes.values()]);
    write(one, "x", { set: { status: "blocked" } }, T0 + 1);
    write(two, "x", { set: { status: "resolved" } }, T0 + 1);
    receive(one, [...two.changes.values()]);
    const state = foldChanges([...one.changes.values()]);
    expect(state?.conflicts.status?.map(({ value }) => value)).toEqual(["resolved", "blocked"]);
    write(one, "x", { set: { status: "resolved" } }, T0 + 2);
    expect(foldChanges([...one.changes.values()])).toMatchObject({
      conflicts: {},
      fields: { status: { value: "resolved" } },
    });
  });

  it("two that wrote the same are no conflict, nor is what follows", () => {
    const [one, two] = [replica("one", 0), replica("two", 5)];
    write(one, "x", { set: { status: "resolved" } }, T0);
    write(two, "x", { set: { status: "resolved" } }, T0);
    receive(one, [...two.changes.values()]);
    expect(foldChanges([...one.changes.values()])?.conflicts).toEqual({});
    write(one, "x", { set: { status: "open" } }, T0 + 1);
    expect(foldChanges([...one.changes.values()])).toMatchObject({
      conflicts: {},
      fields: { status: { value: "open" } },
    });
  });

  it("what is added again while another removes it stays", () => {
    const [one, two] = [replica("one", 0), replica("two", 5)];
    write(one, "x", { add: { tags: ["a", "b"] } }, T0);
    receive(two, [...one.changes.values()]);
    write(one, "x", { remove: { tags: ["a"] } }, T0 + 1);
    write(two, "x", { remove: { tags: ["a"] } }, T0 + 1);
    write(two, "x", { add: { tags: ["a"] } }, T0 + 2);
    receive(one, [...two.changes.values()]);
    expect(foldChanges([...one.changes.values()])?.sets.tags?.map(({ value }) => value)).toEqual(["a", "b"]);
  });

  it("what stands so already is no change", () => {
    const one = replica("one", 0);
    write(one, "x", { set: { title: "t" }, add: { tags: ["a"] } }, T0);
    write(one, "x", { set: { title: "t" }, add: { tags: ["a"] }, remove: { tags: ["z"] } }, T0);
    expect(one.changes.size).toBe(1);
    expect(foldChanges([])).toBeNull();
  });
});
