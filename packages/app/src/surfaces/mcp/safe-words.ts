/** @module Words that may stand outside a fence: ids, names of kinds, times. What does not look like one is left out. */

const ID = /^[\w.@:|#+~-]{1,200}$/;
const WORD = /^[a-z0-9][a-z0-9._-]{0,47}$/;
const NAME = /^[A-Za-z0-9][\w.:@/[\]-]{0,63}$/;

/** An id as it is; null for what no id of ours looks like, such as one with a blank in it. */
export function safeId(id: string | null | undefined): string | null {
  return id !== null && id !== undefined && ID.test(id) ? id : null;
}

/** What is listed or offered unasked: the ids that Clew and its agents make. A program may call its session a whole sentence. */
const MADE_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[0-9a-f]{1,40})?|[ef]-[0-9a-f]{12})$/;

export function listedId(id: string | null | undefined): string | null {
  return id !== null && id !== undefined && MADE_ID.test(id) ? id : null;
}

/** A kind or a status; "other" for what is none. */
export function safeWord(word: string | null | undefined): string {
  return word !== null && word !== undefined && WORD.test(word) ? word : "other";
}

/** A model's name and the like; null for what does not look like one. */
export function safeName(name: string | null | undefined): string | null {
  return name !== null && name !== undefined && NAME.test(name) ? name : null;
}

/** "2026-03-10 12:00:05Z": seconds are enough to find one's way. */
export function shortTime(time: string | null): string {
  return time === null ? "no time" : `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
}
