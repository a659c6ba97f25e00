/** @module When a line was written: day, and time of day to the millisecond, so that lines of one second are told apart. */
import { absolute, clock } from "../state/format.ts";

const day = new Intl.DateTimeFormat("en-US", { month: "short", day: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat("en-US", { month: "short", day: "2-digit", year: "numeric" });

/** `hasDay` false: the time of day alone, where the day is plain. The year is told where it is not this one. */
export function LogTime({ ts, hasDay = true }: { readonly ts: string | null; readonly hasDay?: boolean }) {
  const date = ts === null ? null : new Date(ts);
  if (!date || Number.isNaN(date.getTime())) return <span class="faint">no time</span>;
  const isOtherYear = date.getFullYear() !== new Date().getFullYear();
  return (
    <time dateTime={ts!} title={absolute(ts)} data-year={hasDay && isOtherYear ? date.getFullYear() : undefined}>
      {hasDay ? <small>{(isOtherYear ? dayOfYear : day).format(date)} </small> : null}
      {clock(ts)}
      <small>.{String(date.getUTCMilliseconds()).padStart(3, "0")}</small>
    </time>
  );
}
