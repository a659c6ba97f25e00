/** @module Memory files of the made-up projects, each with the versions that it had. */
import type { DemoFileText } from "./demo-knowledge.ts";

const lines = (...text: readonly string[]): string => `${text.join("\n")}\n`;

export const GLOBAL_FILES: readonly DemoFileText[] = [
  {
    path: "CLAUDE.md",
    versions: [
      {
        daysAgo: 20.5,
        by: "person",
        text: lines(
          "# How I like to work",
          "",
          "- Find out why before you change anything.",
          "- One commit a thought.",
        ),
      },
      {
        daysAgo: 6.2,
        by: "person",
        text: lines(
          "# How I like to work",
          "",
          "- Find out why before you change anything.",
          "- A test that would have caught it comes with each fix.",
          "- One commit a thought.",
        ),
      },
    ],
  },
];

const CACHE = [
  "---",
  "name: The forecast cache",
  "description: How the cache of forecasts is written and read",
  "type: project",
  "---",
  "",
  "# Forecast cache",
  "",
  "- One file for each harbour, replaced as a whole.",
];

export const TIDEWATCH_FILES: readonly DemoFileText[] = [
  {
    path: "MEMORY.md",
    versions: [
      {
        by: "agent",
        session: "midnight",
        text: lines("# Memory", "", "- [Tide phase](tide-phase.md): runs on over midnight"),
      },
      {
        by: "agent",
        session: "cache",
        text: lines(
          "# Memory",
          "",
          "- [Tide phase](tide-phase.md): runs on over midnight",
          "- [Forecast cache](forecast-cache.md): one file a harbour, replaced whole",
        ),
      },
      {
        by: "agent",
        session: "storm",
        text: lines(
          "# Memory",
          "",
          "- [Tide phase](tide-phase.md): runs on over midnight",
          "- [Forecast cache](forecast-cache.md): one file a harbour, replaced whole",
          "- [Tide Office API](notes/tide-office-api.md): 60 requests an hour, 429 without Retry-After",
        ),
      },
    ],
  },
  {
    path: "tide-phase.md",
    versions: [
      {
        by: "agent",
        session: "midnight",
        text: lines(
          "---",
          "name: Tide phase runs on over midnight",
          "description: Why the curve jumped by half a metre, and what must stay so",
          "type: project",
          "---",
          "",
          "The phase counts hours from the curve's origin. `startOfDay(at)` as the origin made it begin anew each midnight.",
          "",
          "**Why:** the harmonics are periodic in hours since the origin, not in hours of a day.",
          "",
          "```ts",
          "const hours = hoursBetween(origin, at); // never startOfDay(at)",
          "```",
          "",
          "See [[forecast-cache]] for where the curve is kept.",
        ),
      },
    ],
  },
  {
    path: "forecast-cache.md",
    versions: [
      { by: "agent", session: "cache", text: lines(...CACHE, "- Holds 7 days ahead.") },
      {
        daysAgo: 3.1,
        by: "person",
        text: lines(
          ...CACHE,
          "- Holds 14 days ahead: the harbour master plans two weeks.",
          "- Never read while it is written.",
        ),
      },
      {
        by: "agent",
        session: "storm",
        beside: true,
        text: lines(
          ...CACHE,
          "- Holds 7 days ahead.",
          "- The storm banner reads it too, so a failed refresh keeps the old file.",
        ),
      },
    ],
  },
  {
    path: "notes/tide-office-api.md",
    versions: [
      {
        by: "agent",
        session: "storm",
        tainted: true,
        text: lines(
          "# Tide Office API",
          "",
          "| what | limit |",
          "|---|---|",
          "| requests | 60 an hour |",
          "| days ahead | 14 |",
          "",
          "It answers 429 without a `Retry-After`: wait for the full hour. Copied from its documentation.",
        ),
      },
    ],
  },
];

export const BREADBOX_FILES: readonly DemoFileText[] = [
  {
    path: "MEMORY.md",
    versions: [
      {
        by: "agent",
        session: "invoices",
        text: lines("# Memory", "", "- The invoice job runs at 02:30; a second run the same night sends nothing."),
      },
      {
        by: "agent",
        session: "stamps",
        text: lines(
          "# Memory",
          "",
          "- The invoice job runs at 02:30; a second run the same night sends nothing.",
          "- [Loyalty stamps](loyalty.md): keyed by the order's id, counted once.",
        ),
      },
    ],
  },
  {
    path: "loyalty.md",
    versions: [
      {
        by: "agent",
        session: "stamps",
        text: lines(
          "---",
          "name: Loyalty stamps are counted once",
          "type: project",
          "---",
          "",
          "A refund takes its stamp back. Two clicks on *Pay* are one order: the order's id is the key.",
        ),
      },
      {
        daysAgo: 0.4,
        by: "noor",
        text: lines(
          "---",
          "name: Loyalty stamps are counted once",
          "type: project",
          "---",
          "",
          "A refund takes its stamp back. Two clicks on *Pay* are one order: the order's id is the key.",
          "",
          "Gift cards give no stamp.",
        ),
      },
    ],
  },
  {
    path: ".claude/rules/money.md",
    versions: [
      {
        daysAgo: 1.5,
        by: "person",
        text: lines("# Money", "", "Whole cents. Round on the invoice's last line and nowhere else."),
      },
    ],
  },
];

export const LANTERNFISH_FILES: readonly DemoFileText[] = [
  {
    path: "CLAUDE.md",
    versions: [
      {
        daysAgo: 14.2,
        by: "person",
        text: lines(
          "# Lanternfish",
          "",
          "- `cargo test` before each commit.",
          "- A photograph without depth shows no depth.",
        ),
      },
    ],
  },
  {
    path: "thumbnails.md",
    versions: [
      {
        by: "agent",
        session: "thumbnails",
        text: lines("# Thumbnails", "", "4 workers are as fast as 8: the disk is what they wait for."),
      },
    ],
  },
];
