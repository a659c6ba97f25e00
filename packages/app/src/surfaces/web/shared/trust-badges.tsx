/** @module Whose words something is, how they came there, and whether agents get them: as the server says, in its words. */
import type { SharedTrust } from "../../http/answers.ts";
import { AGENTS_SENTENCES, AGENTS_WORDS, WHOSE_WORDS, WRITTEN_WORDS } from "./words.ts";

export function TrustBadges({ trust }: { readonly trust: SharedTrust }) {
  return (
    <span class="badges trust" data-testid="trust">
      <span class="badge" data-whose={trust.whose}>
        {WHOSE_WORDS[trust.whose]}
      </span>
      <span class="badge">{WRITTEN_WORDS[trust.written]}</span>
      {trust.mixed ? (
        <span class="badge" title="Several have written in it, not all of them people">
          partly by an agent
        </span>
      ) : null}
      {trust.tainted ? <TaintedBadge /> : null}
      <span class="badge" data-agents={trust.agents} title={AGENTS_SENTENCES[trust.agents]}>
        {AGENTS_WORDS[trust.agents]}
      </span>
    </span>
  );
}

export function TaintedBadge() {
  return (
    <span class="badge warn" title="Written by a session that had read words from elsewhere: it may repeat them">
      tainted
    </span>
  );
}
