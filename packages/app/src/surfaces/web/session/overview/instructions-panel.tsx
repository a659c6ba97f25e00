/** @module Instruction files that were in force: which, and by their hash in which version. */
import type { SessionFactRow } from "../../../http/answers.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { select } from "../selection.ts";
import { Panel } from "./panel.tsx";

/** Hex digits that tell versions apart to the eye. */
const SHOWN_DIGITS = 12;

export function InstructionsPanel({ facts }: { readonly facts: readonly SessionFactRow[] }) {
  return (
    <Panel title="Instructions in force" note={String(facts.length)}>
      <ul class="panel-body instruction-list">
        {facts.map((fact) => {
          const hash = textOf(fact, "sha256");
          const kind = [textOf(fact, "memory_type"), textOf(fact, "load_reason")].filter(Boolean).join(", ");
          return (
            <li key={fact.key}>
              <button type="button" class="mono" title={kind} onClick={() => select(fact.event_id, "address")}>
                <bdi>{fact.key}</bdi>
              </button>
              <span class="mono faint" title={hash ?? undefined}>
                {hash ? hash.slice(0, SHOWN_DIGITS) : "could not be read"}
              </span>
              {hash ? <CopyButton text={hash} label={`Copy the hash of ${fact.key}`} /> : null}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function textOf({ detail }: SessionFactRow, key: string): string | null {
  const value = detail && Object.hasOwn(detail, key) ? detail[key] : null;
  return typeof value === "string" ? value : null;
}
