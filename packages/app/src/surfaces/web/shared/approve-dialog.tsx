/** @module A person's word that something may be relied on: what it says to the byte, by whom, and what in it may be meant for an agent. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { SharedTrust } from "../../http/answers.ts";
import { plainName } from "./people.ts";
import { TrustBadges } from "./trust-badges.tsx";

export interface ApproveDialogProps {
  readonly what: "entry" | "message";
  readonly trust: SharedTrust;
  readonly warnings: readonly string[];
  /** All that the approval is about. */
  readonly texts: readonly { readonly label: string; readonly text: string }[];
  /** Of what is shown. */
  readonly contentHash: string;
  onApprove(contentHash: string): Promise<"done" | "changed" | "failed">;
  onClose(): void;
}

export function ApproveDialog({ what, trust, warnings, texts, contentHash, onApprove, onClose }: ApproveDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isChanged, setChanged] = useState(false);
  const [isBusy, setBusy] = useState(false);
  // What is approved is what stood here when it was opened, or when its change was said.
  const [shown, setShown] = useState({ contentHash, texts, warnings });
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    if (!isChanged && contentHash !== shown.contentHash) setChanged(true);
  }, [contentHash]);
  const lookAgain = () => {
    setShown({ contentHash, texts, warnings });
    setChanged(false);
  };
  const approve = async () => {
    setBusy(true);
    const result = await onApprove(shown.contentHash);
    setBusy(false);
    if (result === "changed") setChanged(true);
    else dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="form-dialog approve" aria-label={`Approve this ${what}`} onClose={onClose}>
      <header>
        <h2>Approve this {what}?</h2>
        <button type="button" class="ghost" aria-label="Close" onClick={() => dialog.current?.close()}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="m4.500 4.500 7 7m0-7-7 7" />
          </svg>
        </button>
      </header>
      <p>
        You vouch for every byte below, written by <b>{plainName(trust.author)}</b>
        {trust.machine ? ` on ${trust.machine}` : ""}. An agent that reads it is told so. Any change takes that back.
      </p>
      <TrustBadges trust={trust} />
      {shown.warnings.length > 0 ? (
        <ul class="warnings" aria-label="Look at this first">
          {shown.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : null}
      <dl class="approve-texts">
        {shown.texts
          .filter(({ text }) => text !== "")
          .map(({ label, text }, index) => (
            <div key={index}>
              <dt>{label}</dt>
              <dd>
                <pre tabIndex={0}>{text}</pre>
              </dd>
            </div>
          ))}
      </dl>
      {isChanged ? (
        <p class="form-problem" role="alert" data-testid="approve-changed">
          It was changed meanwhile.{" "}
          <button type="button" class="more" onClick={lookAgain}>
            Show what stands now
          </button>
        </p>
      ) : null}
      <footer>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Not now
        </button>
        <button type="button" class="button primary" disabled={isBusy || isChanged} onClick={() => void approve()}>
          Approve as it stands
        </button>
      </footer>
    </dialog>
  );
}
