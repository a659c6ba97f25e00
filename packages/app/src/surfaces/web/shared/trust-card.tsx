/** @module Beside an entry or message: who answers for its words, on which machine, and whether agents are given them. */
import type { Approval } from "../../../model/entry.ts";
import type { SharedTrust } from "../../http/answers.ts";
import { absolute, ago } from "../state/format.ts";
import { TrustBadges } from "./trust-badges.tsx";
import { Who } from "./who.tsx";
import { AGENTS_SENTENCES } from "./words.ts";

export interface TrustCardProps {
  readonly trust: SharedTrust;
  readonly approvals: readonly Approval[];
  /** Who looks. */
  readonly person: string | null;
  readonly isBusy: boolean;
  /** Null: nothing can be written from here. */
  readonly onApprove: (() => void) | null;
  readonly onRevoke: (() => void) | null;
}

export function TrustCard({ trust, approvals, person, isBusy, onApprove, onRevoke }: TrustCardProps) {
  const isMine = approvals.some(({ by }) => by === person);
  return (
    <section class="trust-card" aria-label="Trust">
      <h2>Trust</h2>
      <TrustBadges trust={trust} />
      <p class="trust-who">
        <Who identity={trust.author} whole />
        {trust.machine ? <span class="faint"> on {trust.machine}</span> : null}
      </p>
      <p class="trust-says">{AGENTS_SENTENCES[trust.agents]}</p>
      {trust.tainted ? (
        <p class="trust-says">Some of it was written by a session that had read words from elsewhere.</p>
      ) : null}
      {approvals.map(({ by, at }) => (
        <p class="trust-says" key={by}>
          Approved by <Who identity={by} />{" "}
          <time dateTime={at ?? undefined} title={absolute(at)}>
            {ago(at)}
          </time>
        </p>
      ))}
      {onRevoke && isMine ? (
        <button type="button" class="button" disabled={isBusy} onClick={onRevoke}>
          Take approval back
        </button>
      ) : null}
      {onApprove && !isMine && (trust.agents === "never" || trust.whose !== "own" || trust.mixed) ? (
        <button type="button" class="button" disabled={isBusy} onClick={onApprove}>
          Approve…
        </button>
      ) : null}
    </section>
  );
}
