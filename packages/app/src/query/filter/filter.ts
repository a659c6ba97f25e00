/** @module What a filter is: terms that choose sessions, words that must stand in their text. */

/** Keys whose values are names; `*` stands for any text, a comma separates alternatives. */
export const MATCH_KEYS = [
  "tool",
  "status",
  "activity",
  "project",
  "workspace",
  "model",
  "agent",
  "identity",
  "branch",
  "id",
  "file",
  "commit",
  "skill",
  "type",
] as const;
/** Keys whose values are amounts: US dollars, tokens, seconds. */
export const COMPARE_KEYS = ["cost", "tokens", "duration"] as const;
export const TIME_KEYS = ["since", "until"] as const;
export const HAS_VALUES = [
  "errors",
  "problems",
  "subagents",
  "pr",
  "commits",
  "compactions",
  "denials",
  "unpriced",
] as const;
export const STATUS_VALUES = ["active", "completed", "failed", "abandoned"] as const;
export const ACTIVITY_VALUES = ["working", "waiting", "idle", "failed", "ended", "lost"] as const;
export const KEYS = [...MATCH_KEYS, ...COMPARE_KEYS, ...TIME_KEYS, "has"] as const;

export type MatchKey = (typeof MATCH_KEYS)[number];
export type CompareKey = (typeof COMPARE_KEYS)[number];
export type TimeKey = (typeof TIME_KEYS)[number];
export type HasValue = (typeof HAS_VALUES)[number];
export type CompareOperator = ">" | ">=" | "<" | "<=" | "=";

export type FilterTerm =
  | { readonly kind: "match"; readonly key: MatchKey; readonly values: readonly string[]; readonly negated: boolean }
  | { readonly kind: "has"; readonly values: readonly HasValue[]; readonly negated: boolean }
  | {
      readonly kind: "compare";
      readonly key: CompareKey;
      readonly operator: CompareOperator;
      /** US dollars, tokens or seconds. */
      readonly amount: number;
      readonly negated: boolean;
    }
  /** `value` stays as written: a span such as 7d means something else tomorrow. */
  | { readonly kind: "time"; readonly key: TimeKey; readonly value: string; readonly negated: false };

/** A word, or an exact phrase when it holds white space. */
export interface FilterWord {
  readonly text: string;
  /** Written `text*`: words that begin so. */
  readonly prefix: boolean;
  readonly negated: boolean;
}

export interface FilterProblem {
  /** 1 for the first character, in UTF-16 units. */
  readonly column: number;
  readonly message: string;
}

export interface Filter {
  readonly terms: readonly FilterTerm[];
  readonly words: readonly FilterWord[];
  readonly problems: readonly FilterProblem[];
}

export const EMPTY_FILTER: Filter = { terms: [], words: [], problems: [] };
