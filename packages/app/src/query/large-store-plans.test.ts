import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TITLES } from "./find-subject.ts";
import { OTHERS } from "./inbox.ts";
import { messagesSql } from "./messages.ts";
import { IDENTITIES } from "./recipients.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";

let base: TestDatabase;
beforeAll(() => {
  base = testDatabase();
});
afterAll(() => base.close());

describe("what a large store is asked", () => {
  it.each([undefined, "12.3"])("everybody's messages after %s: the newest first by their index", (after) => {
    const looker = { identity: "ada", names: ["ada"], projectId: null };
    const { sql, parameters } = messagesSql({ looker, which: "all", now: 1, limit: 20, ...(after && { after }) });
    const plan = base.plan(sql, parameters);
    expect(plan).toMatch(/(SEARCH|SCAN) m USING INDEX messages_by_time/);
    expect(plan).not.toMatch(/TEMP B-TREE|SCAN s\b/);
  });

  it("who has written goes from one to the next in the index", () => {
    const plan = base.plan(IDENTITIES);
    expect(plan).toContain("subjects_by_creator (target=? AND created_by>?)");
    expect(plan).toContain("subjects_by_changer (target=? AND changed_by>?)");
    expect(plan).not.toMatch(/SCAN s\b/);
  });

  it("of an entry only the title is looked at before it fits", () => {
    expect(base.plan(TITLES, ["[]", 0])).toMatch(/SCAN e\n.*SEARCH s USING INTEGER PRIMARY KEY/s);
  });

  it("how much others did is counted in the index alone", () => {
    expect(base.plan(OTHERS, [1, 9, "ada"])).toContain("SEARCH changes USING COVERING INDEX changes_by_seq");
  });
});
