/** @module Ids as Clew and its agents make them: what may stand where no word of others may. */

const MADE =
  /^(?:[a-z]-[0-9a-f]{4,64}|[0-9a-f]{7,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[0-9a-f]{1,40})?)$/;

/** Whether nobody can have put words into it. */
export function isMadeId(id: string): boolean {
  return MADE.test(id);
}
