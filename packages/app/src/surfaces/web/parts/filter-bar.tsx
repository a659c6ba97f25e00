/** @module The filter as text: checked while typing, put into the address when it can be understood. */
import { useEffect, useRef, useState } from "preact/hooks";
import { parseFilter } from "../../../query/filter/parse.ts";
import type { UrlState } from "../state/filter-url.ts";
import { useKeys } from "../state/keys.ts";

const PAUSE_MS = 250;

export interface FilterBarProps {
  readonly url: UrlState;
  readonly placeholder: string;
  /** search: every input is valid. */
  readonly mode?: "list" | "search";
  readonly label: string;
  readonly autoFocus?: boolean;
}

export function FilterBar({ url, placeholder, mode = "list", label, autoFocus = false }: FilterBarProps) {
  const [text, setText] = useState(url.q);
  const input = useRef<HTMLInputElement>(null);
  const written = useRef(url.q);
  useEffect(() => {
    if (url.q === written.current) return;
    written.current = url.q;
    setText(url.q);
  }, [url.q]);
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, []);
  const problem = parseFilter(text, mode).problems[0];
  const apply = (value: string, replace: boolean) => {
    if (value.trim() === url.q || parseFilter(value, mode).problems.length > 0) return;
    written.current = value.trim();
    url.set({ q: value.trim() }, replace);
  };
  useEffect(() => {
    // The first keystroke after a pause makes a step in the history, the next ones only change it.
    const timer = setTimeout(() => apply(text, written.current !== "" && text !== ""), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useKeys([{ keys: ["/"], label: "Focus the filter", run: () => input.current?.select() }]);
  const clear = () => {
    setText("");
    apply("", false);
    input.current?.focus();
  };
  return (
    <div class="filter" data-invalid={problem ? "" : undefined}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10Zm3.600-1.400L14 14" />
      </svg>
      <input
        ref={input}
        data-testid="filter"
        type="text"
        value={text}
        placeholder={placeholder}
        aria-label={label}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={problem ? "filter-problem" : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={2000}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") apply(text, false);
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      {text !== "" ? (
        <button type="button" class="ghost" aria-label="Clear the filter" onClick={clear}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="m4.5 4.5 7 7m0-7-7 7" />
          </svg>
        </button>
      ) : (
        <kbd>/</kbd>
      )}
      {problem ? (
        <p class="filter-problem" id="filter-problem" role="status">
          <b>Column {problem.column}:</b> {problem.message}
        </p>
      ) : null}
    </div>
  );
}
