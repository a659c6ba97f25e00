/** @module Who looks, whether they can write from here, and the names that things can be assigned or sent to. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PeopleAnswer } from "../../http/answers.ts";
import { ask } from "../state/api.ts";

const people = signal<PeopleAnswer | null>(null);
let isAsked = false;

function load(): void {
  isAsked = true;
  ask<PeopleAnswer>("people").then(
    (answer) => {
      people.value = answer;
    },
    () => {
      // Nothing can be written, then; the next page asks again.
      isAsked = false;
    },
  );
}

/** Null until it is known. Asked once, and anew by `renewPeople`. */
export function usePeople(): PeopleAnswer | null {
  useEffect(() => {
    if (!isAsked) load();
  }, []);
  return people.value;
}

/** After something was sent to somebody whom nobody here knew before. */
export function renewPeople(): void {
  load();
}

/** "person:ana@example.org" → "ana@example.org"; agents as they are. */
export function plainName(identity: string): string {
  return identity.replace(/^person:/u, "") || identity;
}

/** The same, shorter: a person by the first part of their address. */
export function shortName(identity: string): string {
  return identity.startsWith("person:") ? plainName(identity).split("@")[0] || plainName(identity) : identity;
}
