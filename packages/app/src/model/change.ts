/**
 * @module Changes to what people and agents share: entries, messages, memory files, the memory graph. What stands is a pure
 * function of the set of changes, so replicas that have the same changes show the same, in whatever order they came.
 */
import type { Origin } from "./record.ts";

export const CHANGE_TARGETS = ["entry", "message", "memory", "entity", "relation"] as const;
export type ChangeTarget = (typeof CHANGE_TARGETS)[number];

/** One change, as it stands in the history. */
export interface Change {
  readonly changeId: string;
  readonly target: ChangeTarget;
  /** What it changes: an entry's id, a message's, a memory file's key, an entity's or a relation's id. */
  readonly subject: string;
  /** Hybrid logical clock of the device that made it: milliseconds * 1024 + counter. */
  readonly hlc: number;
  readonly device: string;
  /** Identity that acts. Stamped by the device that made it, never taken from a text. */
  readonly author: string;
  readonly origin: Origin;
  /** It was derived from what came from elsewhere. */
  readonly tainted: boolean;
  readonly sessionId: string | null;
  /** Wall clock of that device, milliseconds UTC: to show, never to decide. */
  readonly ts: number;
  readonly data: ChangeData;
}

/**
 * What a change does.
 * - `set`: new values of single-valued fields. `replaces` names, for each, the changes whose values its author saw: those
 *   give way, and what was written without being seen stays beside it as a conflict.
 * - `add`, `remove`: elements of sets. A removal names the changes that added what its author saw.
 * - `note`: a text that is only ever appended.
 * - `mark`: something an identity did with it (read, acknowledged, approved:<hash>).
 * - `deleted`: a register like the others: true takes it away, false brings it back.
 */
export interface ChangeData {
  readonly set?: Readonly<Record<string, string | number | boolean | null>>;
  readonly replaces?: Readonly<Record<string, readonly string[]>>;
  readonly add?: Readonly<Record<string, readonly string[]>>;
  readonly remove?: Readonly<Record<string, readonly { readonly value: string; readonly of: readonly string[] }[]>>;
  readonly note?: string;
  readonly mark?: string;
}

/** A change that a record tells; what it leaves out is the device's that stores it. */
export interface ChangeFact {
  readonly kind: "change";
  readonly changeId: string;
  readonly target: ChangeTarget;
  readonly subject: string;
  readonly sessionId: string | null;
  readonly ts: number;
  /** Of a change that another device made. */
  readonly stamp: { readonly hlc: number; readonly device: string } | null;
  /** Null: the identity of its session. */
  readonly author: string | null;
  readonly origin: Origin;
  readonly tainted: boolean;
  readonly data: ChangeData;
}

/** One value of a field, and the change that wrote it. */
export interface WrittenValue {
  readonly value: string | number | boolean | null;
  readonly change: string;
  readonly author: string;
  readonly ts: number;
}

/** What the changes of one subject come to. */
export interface SubjectState {
  readonly subject: string;
  readonly target: ChangeTarget;
  /** The value of each field that stands; of concurrent ones the newest. */
  readonly fields: Readonly<Record<string, WrittenValue>>;
  /** Fields with more than one value that nobody has replaced: all of them, newest first. */
  readonly conflicts: Readonly<Record<string, readonly WrittenValue[]>>;
  /** The changes whose values stand, equal ones too: what the next value has to replace. */
  readonly standing: Readonly<Record<string, readonly string[]>>;
  /** Elements of the sets, sorted, each with the changes that added it: what a removal has to name. */
  readonly sets: Readonly<Record<string, readonly { readonly value: string; readonly by: readonly string[] }[]>>;
  /** Oldest first. */
  readonly notes: readonly {
    readonly change: string;
    readonly text: string;
    readonly author: string;
    readonly origin: Origin;
    readonly tainted: boolean;
    readonly ts: number;
  }[];
  /** Mark, then identity, then when it was first made. */
  readonly marks: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** First and newest change. */
  readonly created: Pick<Change, "changeId" | "author" | "origin" | "ts" | "hlc" | "sessionId">;
  readonly changed: Pick<Change, "changeId" | "author" | "origin" | "ts" | "hlc" | "sessionId">;
  /** Some value or note that stands was derived from what came from elsewhere. */
  readonly tainted: boolean;
}
