import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_NOW, type TestDatabase, testDatabase } from "./testing.ts";
import { sessionTree, type TreeNode, treeSql } from "./tree.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
  base.session("root");
  base.session("root.a", { parent_session_id: "root", root_session_id: "root", started_at: TEST_NOW - 2 });
  base.session("root.b", { parent_session_id: "root", root_session_id: "root", started_at: TEST_NOW - 3 });
  base.session("root.a1", { parent_session_id: "root.a", root_session_id: "root" });
  base.session("other");
});
afterAll(() => base.close());

const outline = (node: TreeNode | null): unknown =>
  node && [node.session.session_id, node.depth, node.children.map(outline)];

describe("sessionTree()", () => {
  test("has every descendant, children in the order of their start", () => {
    expect(outline(sessionTree(base.db, { sessionId: "root", now: TEST_NOW }))).toEqual([
      "root",
      0,
      [
        ["root.b", 1, []],
        ["root.a", 1, [["root.a1", 2, []]]],
      ],
    ]);
    expect(outline(sessionTree(base.db, { sessionId: "root.a", now: TEST_NOW }))).toEqual([
      "root.a",
      0,
      [["root.a1", 1, []]],
    ]);
    expect(sessionTree(base.db, { sessionId: "absent", now: TEST_NOW })).toBeNull();
  });

  test("ends in a cycle, which only broken data has", () => {
    base.session("x", { parent_session_id: null });
    base.session("y", { parent_session_id: "x", root_session_id: "x" });
    base.db.prepare("UPDATE sessions SET parent_session_id = 'y' WHERE session_id = 'x'").run();
    expect(outline(sessionTree(base.db, { sessionId: "x", now: TEST_NOW }))).toEqual(["x", 0, [["y", 1, []]]]);
    base.db.prepare("UPDATE sessions SET parent_session_id = NULL WHERE session_id = 'x'").run();
  });

  test("looks only at the sessions of the tree, with statistics too", () => {
    base.db.exec("ANALYZE");
    const { sql, parameters } = treeSql(TEST_NOW);
    const plan = base.plan(sql, ["root", ...parameters]);
    expect(plan).toContain("SEARCH child USING INDEX sessions_by_parent (parent_session_id=?)");
    expect(plan).not.toMatch(/SCAN (?:s|child|sessions)\b/u);
  });
});
