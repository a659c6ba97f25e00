/** @module Title and text of an entry, and the form that changes both as whoever began to edit saw them. */
import { useState } from "preact/hooks";
import type { EntryAnswer } from "../../http/answers.ts";
import type { EntryEdit } from "../../http/shared-writer.ts";
import { Markdown } from "../session/markdown.tsx";

export function EntryText({ body }: { readonly body: string }) {
  return body === "" ? <p class="faint no-body">No more was written.</p> : <Markdown text={body} />;
}

export interface EntryEditorProps {
  readonly answer: EntryAnswer;
  readonly isBusy: boolean;
  onSave(change: Omit<EntryEdit, "seen">, seen: number): Promise<boolean>;
  onClose(): void;
}

const LONGEST_TITLE = 200;

export function EntryEditor({ answer, isBusy, onSave, onClose }: EntryEditorProps) {
  const [seen] = useState(answer);
  const [title, setTitle] = useState(answer.entry.title);
  const [body, setBody] = useState(answer.body);
  const isOther = answer.entry.title !== seen.entry.title || answer.body !== seen.body;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const change = {
      ...(title !== seen.entry.title && { title }),
      ...(body !== seen.body && { body }),
    };
    if (Object.keys(change).length === 0 || (await onSave(change, seen.version))) onClose();
  };
  return (
    <form class="entry-editor" onSubmit={(event) => void save(event)}>
      <input
        class="title-input"
        aria-label="Title"
        value={title}
        required
        maxLength={LONGEST_TITLE}
        onInput={(event) => setTitle(event.currentTarget.value)}
      />
      <textarea aria-label="Text" rows={12} value={body} onInput={(event) => setBody(event.currentTarget.value)} />
      {isOther ? (
        <p class="remark" role="status">
          Somebody has changed it meanwhile. What you save stands beside it until one is kept.
        </p>
      ) : null}
      <div class="composer-tools">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={isBusy}>
          Save
        </button>
      </div>
    </form>
  );
}
