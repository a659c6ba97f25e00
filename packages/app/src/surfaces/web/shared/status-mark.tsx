/** @module An entry's status as a small picture that says its word. */
import type { EntryStatus } from "../../../model/entry.ts";
import { STATUS_WORDS } from "./words.ts";

export function StatusMark({ status }: { readonly status: EntryStatus }) {
  return (
    <svg
      class="status-mark"
      data-status={status}
      viewBox="0 0 16 16"
      role="img"
      aria-label={STATUS_WORDS[status] ?? status}
    >
      <circle cx="8" cy="8" r="6" class="ring" />
      {status === "in_progress" ? <path class="solid" d="M8 4.500a3.500 3.500 0 0 1 0 7Z" /> : null}
      {status === "blocked" ? <path d="M5.500 8h5" /> : null}
      {status === "resolved" ? <path class="tick" d="m5.400 8.200 1.800 1.800 3.400-3.900" /> : null}
      {status === "info" ? <path d="M8 7.500v3.300M8 5.200v.1" /> : null}
    </svg>
  );
}
