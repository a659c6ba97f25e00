/** @module Moments to days, weeks and months of a time zone. */
import { dayOf, offsetAt, startOfDay } from "./filter/time-zone.ts";

export type BucketUnit = "day" | "week" | "month";

/**
 * `2026-03-10`, the Monday that begins the week, or `2026-03`.
 * Labels sort as text in the order of time.
 */
export function bucketOf(time: number, unit: BucketUnit, timeZone: string): string {
  return bucketOfDay(dayOf(time, timeZone), unit);
}

/**
 * bucketOf for many moments: the calendar is asked once for each day that they run through, so they should come in order.
 */
export function bucketer(unit: BucketUnit, timeZone: string): (time: number) => string {
  let [start, end, label] = [0, 0, ""];
  return (time) => {
    if (time < start || time >= end) {
      const day = dayOf(time, timeZone);
      const [year, month, date] = day.split("-").map(Number);
      start = startOfDay(year!, month!, date!, timeZone);
      end = startOfDay(year!, month!, date! + 1, timeZone);
      label = bucketOfDay(day, unit);
      // Years beyond four digits have no such label; then every moment asks for itself.
      if (!(start <= time && time < end)) [start, end] = [0, 0];
    }
    return label;
  };
}

function bucketOfDay(day: string, unit: BucketUnit): string {
  if (unit === "day") return day;
  if (unit === "month") return day.slice(0, 7);
  const date = new Date(`${day}T00:00:00Z`);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return new Date(date.getTime() - sinceMonday * 86_400_000).toISOString().slice(0, 10);
}

/** Hours of zones such as Asia/Kolkata do not begin with an hour of UTC, so hourly sums cannot be cut into their days. */
export function needsExactTimes(timeZone: string): boolean {
  // Zones keep their minutes over the year, save Lord Howe, whose clocks change by half an hour.
  const winter = offsetAt(Date.UTC(2026, 0, 1), timeZone);
  const summer = offsetAt(Date.UTC(2026, 6, 1), timeZone);
  return winter % 3_600_000 !== 0 || summer % 3_600_000 !== 0;
}
