/** @module A failure whose message names what others wrote: a person reads that, an agent the same without their words. */
import { ClewError, type ErrorCode } from "./error.ts";
import { isMadeId } from "./made-id.ts";

export class ForeignWordsError extends ClewError {
  readonly forAgents: string;

  constructor(code: ErrorCode, message: string, forAgents: string) {
    super(code, message);
    this.forAgents = forAgents;
  }
}

/** One of several things that a word can mean. */
export interface Candidate {
  readonly id: string;
  /** What a person reads of it, with its id. */
  readonly line: string;
  /** What an agent reads beside its id: words of Clew's lists, times, handles. */
  readonly about?: string;
}

/** `usage`, with the candidates. An agent is told of those whose ids nobody can have put words into, and how many others there are. */
export function severalError(beginning: string, candidates: readonly Candidate[]): ForeignWordsError {
  const made = candidates.filter(({ id }) => isMadeId(id));
  const left = candidates.length - made.length;
  const ids = made.map(({ id, about = "" }) => `  ${id}${about === "" ? "" : `  ${about}`}`);
  const others = left === 0 ? [] : [`  ${made.length === 0 ? "" : "and "}${left} whose ids are not shown to an agent`];
  return new ForeignWordsError(
    "usage",
    [beginning, ...candidates.map(({ line }) => `  ${line}`)].join("\n"),
    [beginning, ...ids, ...others].join("\n"),
  );
}

/** As an agent may read it. */
export function errorForAgents(error: unknown): unknown {
  return error instanceof ForeignWordsError ? new ClewError(error.code, error.forAgents, { cause: error }) : error;
}
