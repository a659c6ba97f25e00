/** @module Title and text of an entry, and the form that changes both as whoever began to edit saw them. */
import { useState } from "preact/hooks";
import type { EntryAnswer } from "../../http/answers.ts";
import type { EntryEdit } from "../../http/shared-writer.ts";
import { Markdown } from "../session/markdown.tsx";
import { readFormDraft, sendOnEnter, writeDraft, writeFormDraft } from "../state/draft.ts";

export function EntryText({ body }: { readonly body: string }) {
  return body === "" ? <p class="faint no-body">No more was written.</p> : <Markdown text={body} keepsBreaks />;
}

export interface EntryEditorProps {
  readonly answer: EntryAnswer;
  readonly isBusy: boolean;
  onSave(change: Omit<EntryEdit, "seen">, seen: number): Promise<boolean>;
  onClose(): void;
}

const LONGEST_TITLE = 200;

export function EntryEditor({ answer, isBusy, onSave, onClose }: EntryEditorProps) {
  const draftKey = `edit ${answer.entry.entry_id}`;
  const [draft] = useState(() => readFormDraft(draftKey));
  // What was typed before goes on from what stood there then.
  const [seen] = useState({
    version: Number(draft.version ?? answer.version),
    title: draft.seenTitle ?? answer.entry.title,
    body: draft.seenBody ?? answer.body,
  });
  const [title, setTitle] = useState(draft.title ?? answer.entry.title);
  const [body, setBody] = useState(draft.body ?? answer.body);
  const isOther = answer.entry.title !== seen.title || answer.body !== seen.body;
  const keep = (typed: { readonly title: string; readonly body: string }) => {
    setTitle(typed.title);
    setBody(typed.body);
    const before = { version: String(seen.version), seenTitle: seen.title, seenBody: seen.body };
    writeFormDraft(draftKey, { ...before, ...typed }, { ...before, title: seen.title, body: seen.body });
  };
  const end = () => {
    writeDraft(draftKey, "");
    onClose();
  };
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const change = {
      ...(title !== seen.title && { title }),
      ...(body !== seen.body && { body }),
    };
    if (Object.keys(change).length === 0 || (await onSave(change, seen.version))) end();
  };
  return (
    <form class="entry-editor" onSubmit={(event) => void save(event)} onKeyDown={sendOnEnter}>
      <input
        class="title-input"
        aria-label="Title"
        value={title}
        required
        maxLength={LONGEST_TITLE}
        onInput={(event) => keep({ title: event.currentTarget.value, body })}
      />
      <textarea
        aria-label="Text"
        rows={12}
        value={body}
        onInput={(event) => keep({ title, body: event.currentTarget.value })}
      />
      {isOther ? (
        <p class="remark" role="status">
          Somebody has changed it meanwhile. What you save stands beside it until one is kept.
        </p>
      ) : null}
      <div class="composer-tools">
        <button type="button" class="button" onClick={end}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={isBusy}>
          Save
        </button>
      </div>
    </form>
  );
}
