/** @module Plain text of any length: a few lines first, all of it on demand, long ones in steps. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { CopyButton } from "../parts/copy-button.tsx";
import { count } from "../state/format.ts";
import { highlightInto } from "./highlight.ts";

const SHORT_LINES = 12;
const SHORT_CHARACTERS = 2_000;
/** Texts only a little longer than the short form are shown whole. */
const SLACK = 1.4;
const STEP = 50_000;

export interface TextBoxProps {
  readonly text: string;
  readonly language?: string | null;
  readonly label: string;
  readonly isError?: boolean;
}

export function TextBox({ text, language = null, label, isError = false }: TextBoxProps) {
  const [shown, setShown] = useState(0);
  const code = useRef<HTMLElement>(null);
  const lines = text.split("\n", SHORT_LINES * SLACK + 1);
  const isLong = lines.length > SHORT_LINES * SLACK || text.length > SHORT_CHARACTERS * SLACK;
  const short = lines.slice(0, SHORT_LINES).join("\n").slice(0, SHORT_CHARACTERS);
  const visible = shown === 0 ? (isLong ? short : text) : text.slice(0, shown);
  useLayoutEffect(() => {
    if (!code.current) return;
    code.current.textContent = visible;
    if (language) highlightInto(code.current, visible, language);
  }, [visible, language]);
  if (text === "") return <p class="faint no-text">(empty)</p>;
  const rest = text.length - visible.length;
  return (
    <div class="text-box" data-error={isError ? "" : undefined}>
      <pre role="group" tabIndex={0} aria-label={label}>
        <code ref={code} />
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
      {rest > 0 ? (
        <button type="button" class="more" onClick={() => setShown(Math.min(text.length, Math.max(shown, 0) + STEP))}>
          show{" "}
          {rest > STEP ? `${count(STEP)} of ${count(rest)} more characters` : `the rest (${count(rest)} characters)`}
        </button>
      ) : isLong ? (
        <button type="button" class="more" onClick={() => setShown(0)}>
          show less
        </button>
      ) : null}
    </div>
  );
}
