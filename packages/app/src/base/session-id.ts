/** @module What a session's id may look like: fit for a file's name, a column and a line of sh, whoever it comes from. */

const SESSION_ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/;

/** The one test of a session's id; what fails it is no id, and is hashed, reported or refused where it turned up. */
export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && SESSION_ID.test(value);
}
