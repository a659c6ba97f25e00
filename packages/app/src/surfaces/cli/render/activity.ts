/** @module What a session is doing, as a cell of a table and as a line. */
import type { SessionRow } from "../../../model/answers.ts";
import { duration } from "./formats.ts";
import { type Piece, type Style, styled } from "./piece.ts";

type Doing = Pick<SessionRow, "status" | "activity" | "activity_reason" | "activity_since">;

const STATUS_STYLES: Readonly<Record<SessionRow["status"], Style>> = {
  active: "green",
  completed: "dim",
  failed: "red",
  abandoned: "yellow",
};
const ACTIVITY_STYLES: Readonly<Record<string, Style>> = {
  waiting: "yellow",
  working: "green",
  idle: "plain",
  failed: "red",
};

/** Null: it is over, or only its transcript is known. */
function liveStyle({ activity }: Doing): Style | null {
  return activity !== null && Object.hasOwn(ACTIVITY_STYLES, activity) ? ACTIVITY_STYLES[activity]! : null;
}

/** `waiting: permission: Bash`, `working`, or the status of what is over. */
export function activityCell(session: Doing): Piece {
  const style = liveStyle(session);
  if (style === null) return styled(STATUS_STYLES[session.status], session.status);
  // Only what somebody may have to do something about says why in a table.
  const needsYou = session.activity === "waiting" || session.activity === "failed";
  const why = needsYou && session.activity_reason ? `: ${session.activity_reason}` : "";
  return styled(style, `${session.activity}${why}`);
}

/** The same with its reason and since when; a status with what ended the session. */
export function activityLine(session: Doing, now: number): readonly Piece[] {
  const { activity_reason: reason, activity_since: since } = session;
  // "other" is what the client says where it has nothing to say.
  const why = reason && reason !== "other" ? `: ${reason}` : "";
  const style = liveStyle(session);
  if (style === null) return [styled(STATUS_STYLES[session.status], session.status), why];
  const time = since === null ? Number.NaN : Date.parse(since);
  const ago = Number.isNaN(time) ? "" : `, since ${duration(Math.max(0, now - time))}`;
  return [styled(style, `${session.activity}${why}`), ago];
}
