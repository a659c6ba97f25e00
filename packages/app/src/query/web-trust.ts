/** @module Whose words stand in an entry or a message, how they came there, and whether agents are given them. */
import type { SubjectState } from "../model/change.ts";
import { type Approval, OPEN_STATUSES } from "../model/entry.ts";
import type { Origin } from "../model/record.ts";
import { type Reader, rowOf } from "./reader.ts";
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
   * title: it is open, and a session that starts in its project is given the title. approved: a person has vouched for all
   * of it. never: agents get it only when they ask, in a fence.
   */
  readonly agents: "title" | "approved" | "never";
}

export interface TrustQuestion {
  readonly target: "entry" | "message";
  readonly state: SubjectState;
  readonly approvals: readonly Approval[];
  /** Who looks; null: nobody is known. */
  readonly person: string | null;
}

const MACHINE =
  "SELECT d.name FROM changes c CROSS JOIN devices d ON d.device_id = c.device WHERE c.change_id = ? LIMIT 1";
const AUTHOR = "SELECT origin, author FROM changes WHERE change_id = ?";

/** The whole of it is judged by its least part: one change of another's hand makes it the other's. */
export function trustOf(db: Reader, { target, state, approvals, person }: TrustQuestion): SharedTrust {
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
  const isTyped = hands.every(({ origin, whose }) => origin === "human" && whose === "own");
  const isOpen = OPEN_STATUSES.some((one) => one === fields.status?.value) && fields.deleted?.value !== true;
  const isGiven = target === "entry" && isOpen && isTyped && !state.tainted && !state.conflicts.title;
  return {
    author: hand.author,
    whose: furthest,
    written: hand.origin,
    mixed: hand.origin === "human" && hands.some(({ origin }) => origin !== "human"),
    tainted: state.tainted,
    machine: rowOf<{ name: string }>(db, MACHINE, [created.changeId])?.name ?? null,
    agents: person !== null && approvals.some(({ by }) => by === person) ? "approved" : isGiven ? "title" : "never",
  };
}
