/** @module Whose words something is and how it came there, as small marks; all of it as the device stamped it. */
import type { Whose, WrittenWords } from "../../http/answers.ts";

export function identityName(identity: string): string {
  return identity.replace(/^person:/, "");
}

const WHOSE: Readonly<Record<Whose, { readonly text: string; readonly title: string }>> = {
  own: { text: "own", title: "By a person of this machine" },
  agent: { text: "your agent's", title: "By an agent that ran on this machine" },
  other: { text: "another's", title: "By somebody who is not known on this machine" },
};
const ORIGINS: Readonly<Record<WrittenWords["origin"], { readonly text: string; readonly title: string }>> = {
  human: { text: "typed", title: "A person typed it" },
  agent: { text: "agent-written", title: "An agent wrote it" },
  tool: { text: "by a program", title: "A program wrote it" },
  import: { text: "brought in", title: "It came with an import" },
};

export interface WordsMarksProps {
  /** Without an origin nothing is said of how it was written. */
  readonly words: Pick<WrittenWords, "whose" | "tainted"> & Partial<Pick<WrittenWords, "origin">>;
  /** Says also what is as usual. */
  readonly isFull?: boolean;
}

export function WordsMarks({ words, isFull = false }: WordsMarksProps) {
  const whose = WHOSE[words.whose];
  const origin = words.origin && ORIGINS[words.origin];
  // What an agent of one's own wrote is agent-written, what a person of this machine wrote is typed: said once.
  const isImplied = !isFull && words.origin === (words.whose === "agent" ? "agent" : "human");
  return (
    <>
      {isFull || words.whose !== "own" ? (
        <span class="badge words-mark" data-whose={words.whose} title={whose.title}>
          {whose.text}
        </span>
      ) : null}
      {origin && !isImplied ? (
        <span class="badge" title={origin.title}>
          {origin.text}
        </span>
      ) : null}
      {words.tainted ? (
        <span class="badge warn" title="Derived from what came from elsewhere: it may repeat what anybody wrote">
          tainted
        </span>
      ) : null}
    </>
  );
}
