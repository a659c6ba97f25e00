/** @module Times as log lines write them, as milliseconds UTC. Pure: a time without a zone is of the zone that is given. */

/** Of ISO 8601 and what is close to it; the groups are named by `Parts`. */
const TIME =
  /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ]{1,2}(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)(?![\w:]))?)?/;
/** Later is no time of a log. */
const LAST = Date.UTC(9999, 0);
const QUARTER_HOUR = 15 * 60_000;

export interface LeadingTime {
  readonly time: number;
  /** Characters that it takes. */
  readonly length: number;
}

/** The time that a text begins with; null when there is none. */
export function leadingTime(text: string, zone: string | undefined): LeadingTime | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [whole, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", offset] = match;
  const [Y, M, D, h, m, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (M < 1 || M > 12 || D < 1 || D > 31 || h > 24 || m > 59 || s > 60) return null;
  const wall = Date.UTC(Y, M - 1, D, h, m, s) + Number(fraction.padEnd(3, "0").slice(0, 3));
  const time = offset === undefined ? atZone(wall, zone) : wall - offsetOf(offset);
  return time >= 0 && time < LAST ? { time, length: whole.length } : null;
}

/** A time as a field holds it: ISO 8601, or seconds, milli-, micro- or nanoseconds since 1970. */
export function timeOfField(value: unknown, zone: string | undefined): number | null {
  if (typeof value === "number") return timeOfNumber(value);
  if (typeof value !== "string" || value.length > 64) return null;
  const text = value.trim();
  if (/^\d{9,19}(\.\d{1,12})?$/.test(text)) return timeOfNumber(Number(text));
  const leading = leadingTime(text, zone);
  if (leading) return leading.length === text.length ? leading.time : null;
  // As in mail: `Sat, 21 Nov 2026 10:00:00 GMT`. Without a zone it would be the reader's.
  if (!/(GMT|UTC|[+-]\d{4})$/.test(text)) return null;
  const time = Date.parse(text);
  return time >= 0 && time < LAST ? time : null;
}

function timeOfNumber(value: number): number | null {
  if (!(value >= 1e8)) return null;
  const unit = value < 1e11 ? 1000 : value < 1e14 ? 1 : value < 1e17 ? 1e-3 : 1e-6;
  const time = Math.trunc(value * unit);
  return time < LAST ? time : null;
}

function offsetOf(text: string): number {
  if (!/^[+-]/.test(text)) return 0;
  const digits = text.slice(1).replace(":", "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (text[0] === "-" ? -minutes : minutes) * 60_000;
}

/** A wall clock's time in a zone; UTC where the zone is not known. Of an hour that comes twice it is the first. */
function atZone(wall: number, zone: string | undefined): number {
  if (zone === undefined || zone === "UTC") return wall;
  const zoneOffset = offsetReader(zone);
  if (!zoneOffset) return wall;
  const guess = wall - zoneOffset(wall);
  return wall - zoneOffset(guess);
}

type OffsetReader = (time: number) => number;
const readers = new Map<string, OffsetReader | null>();

/** Milliseconds that a zone is ahead of UTC at a time; null for what is no zone. Remembers: a look takes ten microseconds. */
function offsetReader(zone: string): OffsetReader | null {
  const known = readers.get(zone);
  if (known !== undefined) return known;
  if (readers.size > 100) readers.clear();
  let reader: OffsetReader | null = null;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    let last = { quarter: Number.NaN, offset: 0 };
    reader = (time) => {
      // No zone changes its offset but at a quarter of an hour.
      const quarter = Math.floor(time / QUARTER_HOUR);
      if (quarter === last.quarter) return last.offset;
      const at = quarter * QUARTER_HOUR;
      const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
      last = { quarter, offset: Date.UTC(year, month - 1, day, hour, minute, second) - at };
      return last.offset;
    };
  } catch {
    reader = null;
  }
  readers.set(zone, reader);
  return reader;
}
