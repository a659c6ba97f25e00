import { describe, expect, it } from "vitest";
import { foldChanges } from "../../merge/fold.ts";
import type { Change, ChangeData, ChangeTarget, SubjectState } from "../../model/change.ts";
import { type ChangeRow, historyOf } from "./subject-history.ts";

function rowsOf(target: ChangeTarget, list: readonly ChangeData[]): ChangeRow[] {
  return list.map((data, index) => ({
    changeId: `c-${index}`,
    target,
    subject: "s",
    hlc: index,
    device: "d",
    author: "ada",
    origin: "human",
    tainted: 0,
    sessionId: null,
    ts: index,
    data: JSON.stringify(data),
  }));
}
const folded = (list: readonly ChangeRow[], whole?: number): SubjectState =>
  foldChanges(historyOf([...list].reverse(), whole))!;

describe("what is folded of a subject with more text than that", () => {
  it("is all of it as long as it fits", () => {
    const list = rowsOf("entry", [{ set: { title: "x" } }, { note: "a".repeat(900) }, { note: "b".repeat(900) }]);
    const whole = list.map((row): Change => ({ ...row, tainted: false, data: JSON.parse(row.data) as ChangeData }));
    expect(folded(list)).toEqual(foldChanges(whole));
  });

  it("has the newest notes whole, and of older ones the beginning", () => {
    const list = rowsOf(
      "entry",
      ["a", "b", "c"].map((letter) => ({ note: letter.repeat(900) })),
    );
    const texts = folded(list, 2000).notes.map(({ text }) => text);
    expect(texts.slice(1)).toEqual(["b".repeat(900), "c".repeat(900)]);
    expect(texts[0]).toMatch(/^a{200}… \(cut: 900 characters, [0-9a-f]{16}; the table changes has them all\)$/u);
  });

  it("keeps apart what differs, and the same the same", () => {
    const [one, two] = ["x".repeat(900), `${"x".repeat(900)}y`];
    const conflictsOf = (list: readonly string[]) =>
      folded(rowsOf("entry", [...list.map((body) => ({ set: { body } })), { note: "n".repeat(900) }]), 1000).conflicts
        .body;
    expect(conflictsOf([one, two])).toHaveLength(2);
    expect(conflictsOf([one, one])).toBeUndefined();
  });

  it("counts nothing that was replaced, and never cuts the text of a memory file that stands", () => {
    const versions = ["a", "b", "c"].map((letter, index) => ({
      set: { content: letter.repeat(900) },
      ...(index > 0 && { replaces: { content: [`c-${index - 1}`] } }),
    }));
    const beside = { set: { content: "d".repeat(900) } };
    expect(folded(rowsOf("memory", versions), 1000)).toEqual(folded(rowsOf("memory", versions)));
    const { fields, conflicts } = folded(rowsOf("memory", [...versions, beside]), 10);
    expect(fields.content?.value).toBe("d".repeat(900));
    expect(conflicts.content?.map(({ value }) => String(value).slice(0, 2))).toEqual(["dd", "cc"]);
  });

  it("leaves out long elements of sets", () => {
    const add = { tags: ["short", "l".repeat(900)] };
    expect(folded(rowsOf("entry", [{ add }]), 10).sets.tags?.map(({ value }) => value)).toEqual(["short"]);
  });
});
