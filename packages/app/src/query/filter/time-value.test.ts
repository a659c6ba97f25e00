import { describe, expect, test } from "vitest";
import { isTimeValue, resolveTime } from "./time-value.ts";
import { dayOf, isTimeZone, LOCAL_TIME_ZONE, offsetAt, startOfDay } from "./time-zone.ts";

const NOW = Date.UTC(2026, 2, 10, 1, 30);
const at = (value: string, which: "since" | "until", timeZone: string) =>
  new Date(resolveTime(value, which, NOW, timeZone)).toISOString();

describe("resolveTime()", () => {
  test.each([
    ["90m", "since", "UTC", "2026-03-10T00:00:00.000Z"],
    ["1w", "until", "UTC", "2026-03-03T01:30:00.000Z"],
    ["2026-03-10", "since", "UTC", "2026-03-10T00:00:00.000Z"],
    ["2026-03-10", "until", "UTC", "2026-03-11T00:00:00.000Z"],
    ["2026-03-10", "since", "Asia/Kolkata", "2026-03-09T18:30:00.000Z"],
    ["today", "since", "America/New_York", "2026-03-09T04:00:00.000Z"],
    ["yesterday", "since", "UTC", "2026-03-09T00:00:00.000Z"],
    ["yesterday", "until", "UTC", "2026-03-10T00:00:00.000Z"],
    ["2026-03-10T09:00+02:00", "since", "UTC", "2026-03-10T07:00:00.000Z"],
    // The day on which Berlin's clocks go forward has 23 hours.
    ["2026-03-29", "since", "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
    ["2026-03-29", "until", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
  ] as const)("%s, %s, in %s", (value, which, timeZone, expected) => {
    expect(isTimeValue(value)).toBe(true);
    expect(at(value, which, timeZone)).toBe(expected);
  });

  test.each(["", "7", "7y", "2026-02-30", "2026-13-01", "0000-01-01", "2026-03-10T25:00", "now", "-7d"])(
    "refuses %s",
    (value) => {
      expect(isTimeValue(value)).toBe(false);
    },
  );
});

describe("time zones", () => {
  test("the machine's own zone is the zone of its name", () => {
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (let day = 0; day < 366; day += 3) {
      const time = NOW + day * 86_400_000;
      expect(offsetAt(time, LOCAL_TIME_ZONE) - offsetAt(time, name)).toBe(0);
    }
  });

  test("every moment belongs to the day that began last", () => {
    for (const zone of ["UTC", "America/St_Johns", "Pacific/Apia", "Europe/Berlin", "Australia/Lord_Howe"]) {
      for (let hour = 0; hour < 24 * 366; hour += 7) {
        const time = Date.UTC(2026, 0, 1) + hour * 3_600_000;
        const [year, month, day] = dayOf(time, zone).split("-").map(Number);
        expect(startOfDay(year!, month!, day!, zone) <= time && time < startOfDay(year!, month!, day! + 1, zone)).toBe(
          true,
        );
      }
    }
  });

  test("knows which names there are", () => {
    expect([isTimeZone("Europe/Berlin"), isTimeZone("local"), isTimeZone("Mars/Base"), isTimeZone("")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
