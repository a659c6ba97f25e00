/** @module Tidewatch, a made-up harbour: tide curves, a forecast cache that is rewritten and forked, storm banners. */
import { bash, bashFailing, edit, grep, mcp, readFile, todos, writeFile } from "../tool-use.ts";
import { type Stage, type Story, title } from "./story.ts";

const cwd = "/home/mira/code/tidewatch";
const at = (path: string): string => `${cwd}/${path}`;

/** Every session of the project. */
export const tidewatch: Story = (stage) => [
  ...midnightJump(stage),
  ...alarmReview(stage),
  ...forecastCache(stage),
  ...stormBanner(stage),
];

function midnightJump(stage: Stage) {
  const plan = { key: "midnight", cwd, gitBranch: "main", version: "2.1.296", model: "claude-opus-5-5" };
  const session = stage.begin(plan, 20, 8, 12);
  const { transcript } = session;
  transcript.prompt(
    "The tide curve for Alder Quay jumps by half a metre every midnight. Find out why before you change anything.",
  );
  title(session, "Find out why the tide curve jumps at midnight");
  transcript.turn({
    thinking:
      "A jump at midnight smells like a day boundary: either the harmonic constants are re-read per day, or the time argument is cut to a date somewhere and loses its hours. I should look at how the curve is sampled before guessing.",
    say: "A jump at exactly midnight suggests a day boundary in the sampling. Let me see how the curve is computed.",
    tools: [
      grep("dayStart|startOfDay", at("src"), [
        "src/tide/curve.ts:14:  const origin = startOfDay(from);",
        "src/tide/curve.ts:31:  return samples.map((s) => ({ ...s, day: startOfDay(s.at) }));",
        "src/tide/harmonics.ts:8:export function phaseAt(constituent: Constituent, hours: number): number {",
      ]),
      readFile(
        at("src/tide/curve.ts"),
        [
          "export function curve(station: Station, from: Date, to: Date): Sample[] {",
          "  const origin = startOfDay(from);",
          "  const samples: Sample[] = [];",
          "  for (let at = from; at <= to; at = addMinutes(at, 6)) {",
          "    const hours = hoursBetween(startOfDay(at), at);",
          "    samples.push({ at, level: levelAt(station, origin, hours) });",
          "  }",
          "  return samples;",
          "}",
        ].join("\n"),
      ),
    ],
  });
  transcript.turn({
    say: "Found it: `hours` restarts at every midnight, while the phase is meant to run on from `origin`. The level is right on the first day only. Shall I fix it by counting from `origin`?",
  });
  transcript.endTurn();
  transcript.pause(3);
  transcript.prompt("Yes, and add a test that would have caught it.");
  transcript.turn({
    tools: [
      edit(at("src/tide/curve.ts"), {
        line: 5,
        before: ["  for (let at = from; at <= to; at = addMinutes(at, 6)) {"],
        old: ["    const hours = hoursBetween(startOfDay(at), at);"],
        new: ["    const hours = hoursBetween(origin, at);"],
        after: ["    samples.push({ at, level: levelAt(station, origin, hours) });"],
      }),
      writeFile(
        at("src/tide/curve.test.ts"),
        'test("the curve runs on over midnight", () => {\n  const levels = curve(alderQuay, evening, nextMorning).map((s) => s.level);\n  const steps = levels.slice(1).map((level, i) => Math.abs(level - levels[i]!));\n  assert.ok(Math.max(...steps) < 0.08);\n});\n',
      ),
      bashFailing(
        "npm test -- curve",
        "Run the curve tests",
        1,
        "curve.test.ts: ReferenceError: evening is not defined",
        3.1,
      ),
    ],
  });
  transcript.turn({
    say: "The test lacks its two dates; adding them.",
    tools: [
      edit(at("src/tide/curve.test.ts"), {
        line: 1,
        old: ['test("the curve runs on over midnight", () => {'],
        new: [
          "const [evening, nextMorning] = [hour(-2), hour(6)];",
          "",
          'test("the curve runs on over midnight", () => {',
        ],
      }),
      bash("npm test -- curve", "Run the curve tests", "1 passing (41 ms)", 2.8),
      bash(
        'git commit -qam "Count tide phase from the curve\'s origin" && git log --oneline -1',
        "Commit the fix",
        "4be91c7 Count tide phase from the curve's origin",
        0.2,
      ),
    ],
  });
  transcript.turn({
    say: "Fixed and committed as `4be91c7`. The largest step between two samples at Alder Quay is now 4 cm, at mid-tide.",
  });
  transcript.endTurn();
  return session.files();
}

function alarmReview(stage: Stage) {
  const plan = { key: "alarms", cwd, gitBranch: "alarm-rules", version: "2.1.311", model: "claude-opus-5-5" };
  const session = stage.begin(plan, 12, 13, 40);
  const { transcript, delegate } = session;
  transcript.prompt(
    "Review the alarm rules before the autumn storms. Use helpers: one for the thresholds, one for who gets woken up.",
  );
  title(session, "Review the alarm rules with two helpers");
  transcript.turn({
    say: "I will send two helpers out at the same time and read their reports together.",
    tools: [
      delegate({
        type: "general-purpose",
        description: "Check alarm thresholds",
        prompt:
          "Check every threshold in config/alarms.yaml against the station's own history. Report those that would not have fired in the last three storms.",
        work: ({ transcript: helper, delegate: further }) => {
          helper.turn({
            tools: [
              readFile(
                at("config/alarms.yaml"),
                "alder-quay:\n  level_m: 4.9\n  rise_cm_per_h: 60\nfisher-steps:\n  level_m: 5.6\n  rise_cm_per_h: 45",
              ),
              further({
                type: "Explore",
                description: "Find storm peaks",
                prompt:
                  "Find the peak level and the fastest rise of the last three storms for each station in data/history.",
                model: "claude-haiku-5-5",
                work: ({ transcript: explorer }) => {
                  explorer.turn({
                    tools: [
                      bash(
                        "ls data/history | tail -3",
                        "List the newest storms",
                        "2026-02-storm.csv\n2026-03-storm.csv\n2026-09-storm.csv",
                        0.1,
                      ),
                      grep("peak", at("data/history"), [
                        "data/history/2026-02-storm.csv:2:fisher-steps,peak,5.31",
                        "data/history/2026-03-storm.csv:2:fisher-steps,peak,5.42",
                        "data/history/2026-09-storm.csv:2:fisher-steps,peak,5.48",
                      ]),
                    ],
                  });
                },
                report:
                  "Fisher Steps peaked at 5.31, 5.42 and 5.48 m; Alder Quay at 5.02, 5.11 and 5.20 m. Fastest rise: 52 cm per hour, both in September.",
              }),
            ],
          });
        },
        report:
          "Fisher Steps' level alarm (5.6 m) would have slept through all three storms; its highest peak was 5.48 m. Everything else fires.",
      }),
      delegate({
        type: "code-reviewer",
        description: "Check who is woken up",
        prompt: "Read src/alarms/route.ts and the rota. Is there an hour in which nobody is woken up?",
        model: "claude-sonnet-5-5",
        work: ({ transcript: helper }) => {
          helper.turn({
            thinking:
              "The rota is in local time and the router compares UTC hours; the gap would be around the change of shifts.",
            tools: [
              readFile(
                at("src/alarms/route.ts"),
                "const onDuty = rota.find((r) => r.from <= hourUtc && hourUtc < r.to);\nif (!onDuty) return null;",
              ),
              bash(
                "node scripts/rota-gaps.js",
                "Look for gaps in the rota",
                "gap: 23:00-00:00 Europe/London (summer)",
                0.6,
              ),
            ],
          });
        },
        report: "In summer time nobody is on duty from 23:00 to midnight: the rota is local, `hourUtc` is not.",
      }),
    ],
  });
  transcript.turn({
    say: "Two findings:\n\n1. **Fisher Steps** would not have fired in any of the last three storms: its level alarm is 5.6 m, the highest peak 5.48 m. I suggest 5.2 m.\n2. **23:00 to midnight in summer** nobody is woken up, because the rota is kept in local time and compared in UTC.",
    tools: [
      edit(at("config/alarms.yaml"), {
        line: 5,
        before: ["fisher-steps:"],
        old: ["  level_m: 5.6"],
        new: ["  level_m: 5.2"],
        after: ["  rise_cm_per_h: 45"],
      }),
    ],
  });
  transcript.turn({ say: "The threshold is changed. I left the rota for you, since it decides who loses sleep." });
  transcript.endTurn();
  return session.files();
}

function forecastCache(stage: Stage) {
  const plan = { key: "cache", cwd, gitBranch: "forecast-cache", version: "2.1.322", model: "claude-opus-5-5" };
  const session = stage.begin(plan, 5, 9, 5);
  const { transcript } = session;
  transcript.prompt(
    "Rewrite the harbour forecast cache. It serves stale forecasts after a failed fetch and nobody notices.",
  );
  title(session, "Rewrite the harbour forecast cache");
  transcript.turn({
    thinking:
      "Stale on failure without a trace usually means the error path returns the old value and resets the timer. I want to see the numbers first: how often does a fetch fail?",
    say: "First the plan, then a look at how often it happens.",
    tools: [
      todos([
        ["doing", "Measure how often stale forecasts are served"],
        ["open", "Keep the age beside the forecast"],
        ["open", "Show the age on the page"],
      ]),
      mcp(
        "postgres",
        "query",
        { sql: "SELECT count(*) FILTER (WHERE failed) AS failed, count(*) AS fetches FROM forecast_fetches" },
        "failed | fetches\n412 | 20133",
      ),
      readFile(
        at("src/forecast/cache.ts"),
        "export async function forecast(harbour: string) {\n  try {\n    cached.set(harbour, await fetchForecast(harbour));\n  } catch {}\n  return cached.get(harbour);\n}",
      ),
    ],
  });
  transcript.turn({
    say: "One fetch in fifty fails, and `catch {}` hides it. I will store the time with the value and let the caller decide.",
    tools: [
      edit(at("src/forecast/cache.ts"), {
        line: 2,
        before: ["export async function forecast(harbour: string) {"],
        old: [
          "  try {",
          "    cached.set(harbour, await fetchForecast(harbour));",
          "  } catch {}",
          "  return cached.get(harbour);",
        ],
        new: [
          "  const known = cached.get(harbour);",
          "  if (known && clock() - known.fetchedAt < maximumAge) return known;",
          "  const fresh = await fetchForecast(harbour).catch((error) => failures.record(harbour, error));",
          "  if (fresh) cached.set(harbour, { ...fresh, fetchedAt: clock() });",
          "  return cached.get(harbour) ?? null;",
        ],
        after: ["}"],
      }),
      bash("npm test", "Run all tests", "58 passing (1.9 s)", 9.4),
      todos([
        ["done", "Measure how often stale forecasts are served"],
        ["done", "Keep the age beside the forecast"],
        ["doing", "Show the age on the page"],
      ]),
    ],
  });
  transcript.endTurn();
  const branch = session.fork("cache-sqlite", 55);
  transcript.pause(22);
  transcript.compact(
    "This session is being continued from a previous conversation that ran out of context. Summary: the forecast cache in src/forecast/cache.ts now keeps `fetchedAt` and records failures; tests pass. Still open: show the forecast's age on the harbour page, then a pull request.",
  );
  transcript.prompt("Good. Show the age on the page, small and grey, red after three hours. Then open a pull request.");
  transcript.turn({
    tools: [
      edit(at("src/pages/harbour.tsx"), {
        line: 44,
        before: ["      <ForecastTable rows={forecast.rows} />"],
        old: [],
        new: ['      <p class={isOld(forecast) ? "age age-old" : "age"}>fetched {relative(forecast.fetchedAt)}</p>'],
        after: ["    </section>"],
      }),
      bash("npm run screenshot -- harbour", "Take a screenshot of the page", "wrote out/harbour.png", 6.2),
      bash(
        'git commit -qam "Show how old a forecast is" && git push -q && git log --oneline -1',
        "Commit and push",
        "91d20fe Show how old a forecast is",
        2.2,
      ),
      mcp(
        "github",
        "create_pull_request",
        { title: "Forecasts that say how old they are", base: "main", head: "forecast-cache" },
        '{"number":87,"html_url":"https://github.com/harbour-lights/tidewatch/pull/87"}',
        1.4,
      ),
    ],
  });
  transcript.note({
    type: "pr-link",
    prNumber: 87,
    prUrl: "https://github.com/harbour-lights/tidewatch/pull/87",
    prRepository: "harbour-lights/tidewatch",
    timestamp: new Date(transcript.now()).toISOString(),
  });
  transcript.turn({
    say: "Pull request 87 is open: *Forecasts that say how old they are*. A failed fetch is now counted, and a forecast older than three hours says so in red.",
  });
  transcript.endTurn();

  branch.transcript.prompt(
    "In this branch, try the same with SQLite instead of the in-memory map. I only want to know whether it is worth it.",
  );
  title(branch, "Forecast cache: would SQLite be worth it?", "custom");
  branch.transcript.turn({
    tools: [
      writeFile(
        at("scratch/cache-sqlite.ts"),
        'const read = db.prepare("SELECT body, fetched_at FROM forecasts WHERE harbour = ?");\nexport const known = (harbour: string) => read.get(harbour);\n',
      ),
      bash(
        "node scratch/bench.ts",
        "Compare both caches",
        "map     0.0004 ms per read, empty after a restart\nsqlite  0.011 ms per read, warm after a restart",
        4.8,
      ),
    ],
  });
  branch.transcript.turn({
    say: "Not worth it for speed, but a restart would no longer refetch all 31 harbours. If deploys stay at two a day, I would leave the map.",
  });
  branch.transcript.endTurn();
  return [...session.files(), ...branch.files()];
}

function stormBanner(stage: Stage) {
  const plan = { key: "storm", cwd, gitBranch: "storm-banner", version: "2.1.329", model: "claude-opus-5-5" };
  const session = stage.beginMinutesAgo(plan, 24);
  const { transcript } = session;
  transcript.prompt(
    "Add a storm banner to the harbour page: it appears when any alarm is active, and a screen reader must announce it.",
  );
  title(session, "Add a storm banner to the harbour page");
  transcript.turn({
    say: "Let me look at how the page learns about alarms.",
    tools: [
      grep("useAlarms|alarms\\$", at("src"), [
        "src/pages/harbour.tsx:12:  const alarms = useAlarms(harbour.id);",
        "src/live/alarms.ts:5:export function useAlarms(id: string) {",
      ]),
      todos([
        ["doing", "Banner with role=alert"],
        ["open", "Colours that pass in dark mode"],
        ["open", "Test with a fake alarm"],
      ]),
    ],
  });
  transcript.turn({
    tools: [
      writeFile(
        at("src/parts/storm-banner.tsx"),
        'export function StormBanner({ alarms }: { alarms: readonly Alarm[] }) {\n  if (alarms.length === 0) return null;\n  return <div role="alert" class="storm">{describe(alarms)}</div>;\n}\n',
      ),
      bash("npm run typecheck", "Check types", "", 7.5),
    ],
  });
  // What comes now has happened within the last minute: the session is still at work.
  transcript.pauseUntil(stage.now - 55_000);
  transcript.turn({
    say: "The banner stands. Now the page itself, and then a fake alarm to see it.",
    tools: [
      edit(at("src/pages/harbour.tsx"), {
        line: 20,
        before: ["    <main>"],
        old: [],
        new: ["      <StormBanner alarms={alarms} />"],
        after: ["      <h1>{harbour.name}</h1>"],
      }),
    ],
  });
  return session.files();
}
