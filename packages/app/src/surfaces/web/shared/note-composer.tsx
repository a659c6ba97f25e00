/** @module Where a note is written, with what it does to the entry besides. */
import { useRef } from "preact/hooks";
import type { EntryStatus } from "../../../model/entry.ts";
import type { EntryEdit } from "../../http/shared-writer.ts";
import { useDraft } from "../state/draft.ts";
import { useKeys } from "../state/keys.ts";

export interface NoteComposerProps {
  readonly entryId: string;
  readonly status: EntryStatus;
  readonly isBusy: boolean;
  onEdit(change: Omit<EntryEdit, "seen">): Promise<boolean>;
}

export function NoteComposer({ entryId, status, isBusy, onEdit }: NoteComposerProps) {
  const [text, setText] = useDraft(`note ${entryId}`);
  const box = useRef<HTMLTextAreaElement>(null);
  useKeys([{ keys: ["n"], label: "Add a note", run: () => box.current?.focus() }]);
  const isEmpty = text.trim() === "";
  const isDone = status === "resolved";
  const write = async (change: Omit<EntryEdit, "seen">) => {
    if (await onEdit({ ...change, ...(isEmpty ? {} : { note: text }) })) setText("");
  };
  const next = isDone ? "open" : "resolved";
  return (
    <div class="composer">
      <textarea
        ref={box}
        aria-label="Note"
        placeholder="Add a note. Markdown; @name to tell somebody."
        rows={3}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isEmpty) void write({});
        }}
      />
      <div class="composer-tools">
        <span class="faint">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd>
        </span>
        <button type="button" class="button" disabled={isBusy} onClick={() => void write({ status: next })}>
          {isDone ? "Open again" : "Resolve"}
          {isEmpty ? "" : " with note"}
        </button>
        <button type="button" class="button primary" disabled={isBusy || isEmpty} onClick={() => void write({})}>
          Add note
        </button>
      </div>
    </div>
  );
}
