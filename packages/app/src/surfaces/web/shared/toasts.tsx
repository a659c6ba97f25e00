/** @module What has just been done, for a while, with the way back; and what could not be done. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

interface Toast {
  readonly text: string;
  readonly kind: "done" | "failed";
  readonly undo: (() => void) | null;
}

const SHOWN_MS = 10_000;
const toast = signal<Toast | null>(null);

export function say(text: string, undo: (() => void) | null = null): void {
  toast.value = { text, kind: "done", undo };
}

/** For a rejected request. */
export function sayFailure(error: unknown): void {
  toast.value = { text: error instanceof Error ? error.message : String(error), kind: "failed", undo: null };
}

export function Toasts() {
  const shown = toast.value;
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => {
      if (toast.peek() === shown) toast.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="toasts" role="status">
      {shown ? (
        <p class="toast" data-kind={shown.kind}>
          <span>{shown.text}</span>
          {shown.undo ? (
            <button
              type="button"
              onClick={() => {
                toast.value = null;
                shown.undo?.();
              }}
            >
              Undo
            </button>
          ) : null}
          <button type="button" aria-label="Close" onClick={() => (toast.value = null)}>
            ×
          </button>
        </p>
      ) : null}
    </div>
  );
}
