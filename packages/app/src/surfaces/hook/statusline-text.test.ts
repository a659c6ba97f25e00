import { describe, expect, test } from "vitest";
import type { StatuslineFile } from "../../base/statusline-file.ts";
import { statuslineText } from "./statusline-text.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const INPUT = {
  model: { id: "claude-opus-5-5", display_name: "Opus 5.5" },
  cost: { total_cost_usd: 0.4234 },
  context_window: { used_percentage: 34.4 },
};
const prepared = (values: Partial<StatuslineFile> = {}): StatuslineFile => ({
  version: 1,
  updated_at: new Date(NOW - 10_000).toISOString(),
  today_cost_usd: 3.1,
  active: 2,
  waiting: 1,
  unread: 0,
  workspaces: { w: { open_todos: 3 } },
  ...values,
});

describe("the status line", () => {
  test("says what is known in one line", () => {
    expect(statuslineText(INPUT, prepared(), "w", NOW)).toBe(
      "Opus 5.5 \u00b7 $0.42 \u00b7 context 34% \u00b7 today $3.10 \u00b7 1 waiting \u00b7 3 todos",
    );
  });

  test("leaves out what is not", () => {
    expect(statuslineText(null, null, null, NOW)).toBe("");
    expect(statuslineText({ model: "x", cost: null, context_window: { used_percentage: null } }, null, null, NOW)).toBe(
      "",
    );
    expect(statuslineText({ model: { id: "m" }, cost: { total_cost_usd: 0 } }, null, null, NOW)).toBe("m \u00b7 $0.00");
    expect(statuslineText(null, prepared({ today_cost_usd: null, waiting: 0, unread: 2 }), "elsewhere", NOW)).toBe(
      "2 unread",
    );
  });

  test.each([
    [119_000, ""],
    [5 * 60_000, " \u00b7 (5 min old)"],
    [3 * 3_600_000, " \u00b7 (3 h old)"],
    [9 * 86_400_000, " \u00b7 (9 days old)"],
  ])("marks what the daemon said %d ms ago", (before, mark) => {
    const old = prepared({ updated_at: new Date(NOW - before).toISOString(), waiting: 0 });
    expect(statuslineText(null, old, null, NOW)).toBe(`today $3.10${mark}`);
  });

  test("shows no control characters, and survives any input", () => {
    expect(statuslineText({ model: { display_name: "a\u001b[2J\u202eb\n" } }, null, null, NOW)).toBe("a[2Jb");
    const odd = prepared({ updated_at: "?", workspaces: { w: null } as never });
    expect(statuslineText({ cost: { total_cost_usd: -1 } }, odd, "w", NOW)).toContain("of an unknown time");
  });
});
