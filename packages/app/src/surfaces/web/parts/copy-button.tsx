/** @module A button that copies a text and says so. */
import { useState } from "preact/hooks";

export function CopyButton({ text, label }: { readonly text: string | (() => string); readonly label: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(typeof text === "string" ? text : text()).catch(() => undefined);
    setDone(true);
    setTimeout(() => setDone(false), 1_200);
  };
  return (
    <button type="button" class="ghost" onClick={copy} title={label} aria-label={label}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {done ? <path d="m3 8.5 3.200 3.200L13 5" /> : <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z" />}
      </svg>
    </button>
  );
}
