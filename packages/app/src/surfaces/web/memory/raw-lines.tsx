/** @module A file's text as it is, line by line with numbers; a line that a hit leads to is shown and marked. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { count } from "../state/format.ts";
import { MarkedText } from "./marked-text.tsx";

const SHOWN = 1_000;

export interface RawLinesProps {
  readonly text: string;
  readonly wanted: readonly string[];
  readonly line: number | null;
}

export function RawLines({ text, wanted, line }: RawLinesProps) {
  const [most, setMost] = useState(SHOWN);
  const marked = useRef<HTMLSpanElement>(null);
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  const shown = lines.slice(0, Math.max(most, (line ?? 0) + 50));
  useLayoutEffect(() => {
    marked.current?.scrollIntoView({ block: "center" });
  }, [line, text]);
  if (lines.length === 0) return <p class="faint">No text.</p>;
  return (
    <div class="raw-lines" data-testid="raw-lines">
      <pre role="group" tabIndex={0} aria-label="Text of the file">
        {shown.map((one, index) => (
          <span
            key={index}
            class="raw-line"
            data-line={index + 1}
            aria-current={index + 1 === line ? "true" : undefined}
            {...(index + 1 === line && { ref: marked })}
          >
            <i aria-hidden="true">{index + 1}</i>
            <span>
              <MarkedText text={one} wanted={wanted} />
              {"\n"}
            </span>
          </span>
        ))}
      </pre>
      {shown.length < lines.length ? (
        <button type="button" class="more" onClick={() => setMost(shown.length + SHOWN * 5)}>
          {count(lines.length - shown.length)} more lines
        </button>
      ) : null}
    </div>
  );
}
