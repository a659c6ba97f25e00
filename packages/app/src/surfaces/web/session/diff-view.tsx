/** @module An edit as a unified diff, a new file as lines put in. */
import { useState } from "preact/hooks";
import { lineDiff } from "./line-diff.ts";

const SHOWN = 40;
const SIGNS = { same: " ", out: "−", in: "+", gap: "⋯" } as const;

export interface Edit {
  readonly before: string;
  readonly after: string;
}

export function DiffView({ edits, label }: { readonly edits: readonly Edit[]; readonly label: string }) {
  const [all, setAll] = useState(false);
  const lines = edits.flatMap((edit, index) => [
    ...(index > 0 ? [{ kind: "gap" as const, text: "next edit" }] : []),
    ...lineDiff(edit.before, edit.after),
  ]);
  const shown = all ? lines : lines.slice(0, SHOWN);
  const [added, removed] = (["in", "out"] as const).map((kind) => lines.filter((line) => line.kind === kind).length);
  return (
    <div class="diff">
      <p class="diff-sum">
        <ins>+{added}</ins> <del>−{removed}</del>
      </p>
      <pre role="group" tabIndex={0} aria-label={label}>
        {shown.map((line, index) => (
          <span key={index} class="diff-line" data-kind={line.kind}>
            <i aria-hidden="true">{SIGNS[line.kind]}</i>
            {line.kind === "in" ? (
              <span class="hidden">added: </span>
            ) : line.kind === "out" ? (
              <span class="hidden">removed: </span>
            ) : null}
            {line.text}
            {"\n"}
          </span>
        ))}
      </pre>
      {lines.length > SHOWN ? (
        <button type="button" class="more" onClick={() => setAll(!all)}>
          {all ? "show less" : `show all ${lines.length} lines`}
        </button>
      ) : null}
    </div>
  );
}
