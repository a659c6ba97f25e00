/** @module Whose words something is, as somebody who looks at this machine's dashboard sees it. */
import { type Reader, rowsOf } from "./reader.ts";

/** own: a person of this machine. agent: an agent that ran on it. other: everybody else. */
export type Whose = "own" | "agent" | "other";

/** Those that sessions of this machine have brought with them. */
const KNOWN = "SELECT identity_id AS id, kind FROM identities";

export interface LocalIdentities {
  readonly people: readonly string[];
  readonly agents: readonly string[];
  /** Of an identity as it was stamped. */
  readonly whose: (identity: string) => Whose;
}

/** `person`: who is signed in; null: nobody is known. */
export function localIdentities(db: Reader, person: string | null): LocalIdentities {
  const known = rowsOf<{ id: string; kind: "agent" | "person" }>(db, KNOWN);
  const people = new Set(known.flatMap(({ id, kind }) => (kind === "person" ? [id] : [])));
  if (person !== null) people.add(person);
  const agents = new Set(known.flatMap(({ id, kind }) => (kind === "agent" ? [id] : [])));
  return {
    people: [...people],
    agents: [...agents],
    whose: (identity) => (people.has(identity) ? "own" : agents.has(identity) ? "agent" : "other"),
  };
}
