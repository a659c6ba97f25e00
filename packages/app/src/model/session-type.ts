/** @module What a session's type is decided by. The rules are place/session-types.ts's; the store asks for each session it touches. */

/** What a session used and touched. Each text holds one thing a line, in small letters. */
export interface SessionSigns {
  readonly skills: string;
  /** Its project's name, its directory, the files that it read or changed. */
  readonly paths: string;
}

export interface SessionTyper {
  readonly typeOf: (signs: SessionSigns) => string;
  /** Names the rules behind it: where it differs from what the stored types were decided with, they are decided again. */
  readonly rules: string;
}
