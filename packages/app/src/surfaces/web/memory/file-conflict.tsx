/** @module Versions that were written without knowing of each other, side by side, with what settles it. */
import type { MemoryWebFile } from "../../http/answers.ts";
import { type DiffLine, lineDiff } from "../session/line-diff.ts";
import { absolute, ago } from "../state/format.ts";
import { CommandLine } from "./command-line.tsx";
import { commandOf } from "./shell-word.ts";
import { identityName, WordsMarks } from "./words-marks.tsx";

export function FileConflict({ file }: { readonly file: MemoryWebFile }) {
  const first = { version: file.version, ts: file.changed_at, ...file.written, content: file.content };
  const sides = [first, ...file.others];
  // The first stands opposite the second; each of the others opposite the first.
  const linesOf = (index: number, other: string): readonly DiffLine[] =>
    lineDiff(first.content, other).filter(({ kind }) => kind !== (index === 0 ? "in" : "out"));
  return (
    <section class="memory-conflict" aria-label="Conflict" data-testid="memory-conflict">
      <h3>{sides.length} versions stand side by side</h3>
      <p>
        They were written without knowing of each other. Each is kept; the first is the newest and is shown. Choose one
        in a terminal, or push a text that has both.
      </p>
      <div class="conflict-sides">
        {sides.map((side, index) => (
          <article key={side.version} class="conflict-side">
            <header>
              <b>{identityName(side.author)}</b>
              <time class="faint" title={absolute(side.ts)}>
                {ago(side.ts)}
              </time>
              {index === 0 ? <span class="badge good">shown</span> : null}
              <WordsMarks words={side} />
            </header>
            <SideText
              lines={linesOf(index, index === 0 ? file.others[0]!.content : side.content)}
              label={`Version by ${identityName(side.author)}`}
            />
            <CommandLine command={commandOf("clew", "memory", "restore", file.key, "--version", side.version)} />
          </article>
        ))}
      </div>
    </section>
  );
}

function SideText({ lines, label }: { readonly lines: readonly DiffLine[]; readonly label: string }) {
  return (
    <pre tabIndex={0} role="group" aria-label={label}>
      {lines.map((line, index) => (
        <span key={index} class="diff-line" data-kind={line.kind}>
          {line.kind === "in" || line.kind === "out" ? <span class="hidden">only here: </span> : null}
          {line.kind === "gap" ? `⋯ ${line.text}` : line.text}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
