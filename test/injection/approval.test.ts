/** A person's approval holds for exactly what they were shown, and nobody else can give it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldChanges } from "../../packages/app/src/merge/fold.ts";
import type { Change, ChangeData } from "../../packages/app/src/model/change.ts";
import { contentHash } from "../../packages/app/src/store/project/shared-rows.ts";

/** What a reader of an entry is told. */
interface Told {
  readonly title: string;
  readonly body: string;
  readonly notes: readonly string[];
  readonly tags: readonly string[];
  readonly links: readonly string[];
  /** Titles and bodies that stand beside those, written without having seen them. */
  readonly titles: readonly string[];
  readonly bodies: readonly string[];
}

const change = (number: number, data: ChangeData, author = "mallory"): Change => ({
  changeId: `c${number}`,
  target: "entry",
  subject: "e-000000000001",
  hlc: number,
  device: "d",
  author,
  origin: "human",
  tainted: false,
  sessionId: null,
  ts: number,
  data,
});

function changesOf({ title, body, notes, tags, links, titles, bodies }: Told): readonly Change[] {
  return [
    // Before what stands: of several the newest is shown first.
    ...titles.map((beside, index) => change(1 + index, { set: { title: beside } }, "bo")),
    ...bodies.map((beside, index) => change(20 + index, { set: { body: beside } }, "bo")),
    change(40, { set: { title, body, category: "issue" }, add: { tags, links } }),
    ...notes.map((note, index) => change(41 + index, { note })),
  ];
}

const hashOf = (changes: readonly Change[]): string => contentHash(foldChanges(changes)!);

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const set = fc.uniqueArray(word, { maxLength: 3 }).map((list) => list.toSorted());
const told: fc.Arbitrary<Told> = fc.record({
  title: fc.string({ maxLength: 20 }),
  body: fc.string({ maxLength: 40 }),
  notes: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
  tags: set,
  links: set,
  titles: fc.array(fc.string({ maxLength: 8 }), { maxLength: 2 }),
  bodies: fc.array(fc.string({ maxLength: 8 }), { maxLength: 2 }),
});

/** One unit of one part becomes another, comes in or goes; or a text changes its part, or its place. */
const mutation = fc.record({
  part: fc.constantFrom("title", "body", "notes", "tags", "links", "titles", "bodies"),
  which: fc.nat(),
  at: fc.nat(),
  how: fc.constantFrom("replace", "insert", "delete", "swap", "drop", "double", "move"),
  unit: fc.constantFrom("a", " ", "\n", "\u200b", "\u0301", '"', ",", "]", "\\", "\u{1f600}", "A"),
});

const LISTS = ["notes", "tags", "links", "titles", "bodies"] as const;

function mutated(
  given: Told,
  { part, which, at, how, unit }: typeof mutation extends fc.Arbitrary<infer M> ? M : never,
): Told {
  const within = (text: string): string => {
    const here = at % (text.length + 1);
    if (how === "insert") return text.slice(0, here) + unit + text.slice(here);
    if (how === "delete") return text.slice(0, here) + text.slice(here + 1);
    return text.slice(0, here) + unit + text.slice(here + 1);
  };
  if (how === "swap") return { ...given, title: given.body, body: given.title };
  if (part === "title" || part === "body") return { ...given, [part]: within(given[part]) };
  const list = given[part as (typeof LISTS)[number]];
  if (how === "move") {
    const to = LISTS[(LISTS.indexOf(part as (typeof LISTS)[number]) + 1) % LISTS.length]!;
    const moved = list[which % (list.length || 1)];
    if (moved === undefined) return given;
    return { ...given, [part]: list.filter((one) => one !== moved), [to]: [...given[to], moved] };
  }
  const index = which % (list.length || 1);
  const changed =
    how === "drop"
      ? list.filter((_, one) => one !== index)
      : how === "double"
        ? [...list, ...list.slice(index, index + 1)]
        : list.map((text, one) => (one === index ? within(text) : text));
  return { ...given, [part]: changed };
}

/** What is the same to a reader: sets have no order and nothing twice, nor have the values of a conflict. */
function canonical({ title, body, notes, tags, links, titles, bodies }: Told): string {
  const once = (list: readonly string[]): readonly string[] => [...new Set(list)].toSorted();
  const beside = (value: string, others: readonly string[]): readonly string[] => once([value, ...others]);
  return JSON.stringify([title, body, notes, once(tags), once(links), beside(title, titles), beside(body, bodies)]);
}

test("of one value no more than that is hashed, so that an approval outlasts a conflict that was settled", () => {
  const settled = [
    change(1, { set: { title: "a" } }),
    change(2, { set: { title: "b" } }, "bo"),
    change(3, { set: { title: "b" }, replaces: { title: ["c1", "c2"] } }),
  ];
  expect(hashOf(settled)).toBe(hashOf([change(1, { set: { title: "b" } })]));
  expect(hashOf(settled.slice(0, 2))).not.toBe(hashOf(settled));
});

describe("the hash that an approval is bound to", () => {
  test("is another after each of 10,000 changes of what is told, and the same after none", () => {
    let different = 0;
    let conflicts = 0;
    fc.assert(
      fc.property(told, mutation, (before, how) => {
        const after = mutated(before, how);
        const isSame = canonical(before) === canonical(after);
        if (!isSame) different++;
        if (!isSame && how.part === "titles" && how.how !== "move") conflicts++;
        expect(hashOf(changesOf(before)) === hashOf(changesOf(after))).toBe(isSame);
      }),
      { numRuns: 16_000, seed: 20260321 },
    );
    expect(different).toBeGreaterThan(10_000);
    expect(conflicts).toBeGreaterThan(500);
  });

  test("depends neither on who looks, nor on marks, nor on the order in which changes came", () => {
    fc.assert(
      fc.property(told, fc.nat({ max: 20 }), (given, turn) => {
        const changes = changesOf(given);
        const marked = [
          ...changes,
          change(60, { mark: "read" }, "ana"),
          change(61, { mark: `approved:${"0".repeat(64)}` }, "ana"),
        ];
        const turned = [...marked.slice(turn % marked.length), ...marked.slice(0, turn % marked.length)];
        expect(hashOf(turned)).toBe(hashOf(changes));
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
