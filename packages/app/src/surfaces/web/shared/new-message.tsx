/** @module The form that sends a message: to somebody, to a project, or to all. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PeopleAnswer } from "../../http/answers.ts";
import { ApiError } from "../state/api.ts";
import { fieldsOf, readFormDraft, sendOnEnter, writeDraft, writeFormDraft } from "../state/draft.ts";
import { NamesList } from "./names-list.tsx";
import { renewPeople } from "./people.ts";
import { send } from "./send.ts";
import { say } from "./toasts.tsx";

export interface NewMessageProps {
  readonly people: PeopleAnswer;
  onDone(threadId: string): void;
  onClose(): void;
}

const NAMES = "new-message-names";
const DRAFT = "new message";

export function NewMessage({ people, onDone, onClose }: NewMessageProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [draft] = useState(() => readFormDraft(DRAFT));
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLInputElement>("input[name=to]")?.focus();
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem(null);
    try {
      const sent = await send<{ readonly thread_id: string; readonly warnings: readonly string[] }>("messages", {
        to: String(form.get("to") ?? ""),
        text: String(form.get("text") ?? ""),
      });
      writeDraft(DRAFT, "");
      if (sent.warnings[0]) say(sent.warnings[0]);
      renewPeople();
      onDone(sent.thread_id);
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} class="form-dialog" aria-label="New message" onClose={onClose} data-testid="new-message">
      <form
        onSubmit={(event) => void submit(event)}
        onInput={(event) => writeFormDraft(DRAFT, fieldsOf(event.currentTarget))}
        onKeyDown={sendOnEnter}
      >
        <header>
          <h2>New message</h2>
          <button type="button" class="ghost" aria-label="Close" onClick={() => dialog.current?.close()}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="m4.500 4.500 7 7m0-7-7 7" />
            </svg>
          </button>
        </header>
        <div class="form-fields">
          <label>
            <span>To</span>
            <input
              name="to"
              list={NAMES}
              defaultValue={draft.to ?? ""}
              placeholder="a person, an agent, a project, or all"
              required
              autocomplete="off"
            />
          </label>
        </div>
        <textarea
          name="text"
          aria-label="Message"
          rows={6}
          defaultValue={draft.text ?? ""}
          placeholder="Markdown"
          required
        />
        <NamesList id={NAMES} identities={people.identities} projects={people.projects} />
        {problem ? (
          <p class="form-problem" role="alert">
            {problem}
          </p>
        ) : null}
        <footer>
          <span class="faint">An agent is told at its start that there is a message, not what it says.</span>
          <button type="submit" class="button primary" disabled={isBusy}>
            Send
          </button>
        </footer>
      </form>
    </dialog>
  );
}
