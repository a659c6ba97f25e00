/** @module Whose words stand in an entry or a message, how they came there, and whether agents are given them. */
import type { SubjectState } from "../model/change.ts";
import type { Approval } from "../model/entry.ts";
import type { Origin } from "../model/record.ts";
import { type Reader, rowOf } from "./reader.ts";
import { type OpenEntry, openEntry } from "./shared-context.ts";
import { localIdentities, type Whose } from "./whose-words.ts";

export interface SharedTrust {
  /** Identity that wrote the words that stand, as the device stamped it: never as a text says. */
  readonly author: string;
  readonly whose: Whose;
  /** human: typed by a person. agent: written by an agent. tool, import: by a program, or brought in. */
  readonly written: Origin;
  /** The author typed, but in some of it, a note say, an agent or a program wrote. */
  readonly mixed: boolean;
  /** Some of it was derived from what came from elsewhere. */
  readonly tainted: boolean;
  /** Device that made the first change; null: it is not known by name. */
  readonly machine: string | null;
  /**
   * title: a session that starts where it was written is given the title. approved: a person has vouched for all of it.
   * never: agents get it only when they ask, in a fence.
   */
  readonly agents: "title" | "approved" | "never";
}

/** Who looks at entries and messages, and the rule by which agents are told of them. */
export interface TrustAsker {
  /** Null: nobody is known. */
  readonly person: string | null;
  /** Whether a session that starts where an entry was written is given its title. */
  readonly isTitleGiven: (entry: OpenEntry) => boolean;
}

export interface TrustQuestion extends TrustAsker {
  readonly target: "entry" | "message";
  readonly state: SubjectState;
  readonly approvals: readonly Approval[];
}

const MACHINE =
  "SELECT d.name FROM changes c CROSS JOIN devices d ON d.device_id = c.device WHERE c.change_id = ? LIMIT 1";
const AUTHOR = "SELECT origin, author FROM changes WHERE change_id = ?";

/** The whole of it is judged by its least part: one change of another's hand makes it the other's. */
export function trustOf(db: Reader, { target, state, approvals, person, isTitleGiven }: TrustQuestion): SharedTrust {
  const { fields, created, notes } = state;
  const standing = ["title", "body", "text"].flatMap((name) => fields[name]?.change ?? []);
  const written = standing.flatMap((change) => rowOf<{ origin: Origin; author: string }>(db, AUTHOR, [change]) ?? []);
  const { whose } = localIdentities(db, person);
  const hands = [...written, ...notes, created].map(({ author, origin }) => ({
    author,
    origin,
    whose: whose(author),
  }));
  const furthest = (["other", "agent", "own"] as const).find((one) => hands.some(({ whose }) => whose === one))!;
  const hand = hands.find(({ whose }) => whose === furthest)!;
  const open = target === "entry" ? openEntry(db, state.subject) : null;
  return {
    author: hand.author,
    whose: furthest,
    written: hand.origin,
    mixed: hand.origin === "human" && hands.some(({ origin }) => origin !== "human"),
    tainted: state.tainted,
    machine: rowOf<{ name: string }>(db, MACHINE, [created.changeId])?.name ?? null,
    agents:
      person !== null && approvals.some(({ by }) => by === person)
        ? "approved"
        : open && isTitleGiven(open)
          ? "title"
          : "never",
  };
}
