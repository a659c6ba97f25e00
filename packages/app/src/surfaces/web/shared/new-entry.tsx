/** @module The form that writes an entry down: in a project, or about a session and one of its events. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ENTRY_CATEGORIES, type EntryCategory } from "../../../model/entry.ts";
import type { PeopleAnswer } from "../../http/answers.ts";
import { ApiError } from "../state/api.ts";
import { fieldsOf, readFormDraft, sendOnEnter, writeDraft, writeFormDraft } from "../state/draft.ts";
import { NamesList } from "./names-list.tsx";
import { renewPeople } from "./people.ts";
import { send } from "./send.ts";
import { CATEGORY_WORDS } from "./words.ts";

export interface NewEntryProps {
  readonly people: PeopleAnswer;
  /** Session that it is about. */
  readonly session?: string | null;
  /** What it links to, KIND:TARGET. */
  readonly link?: string | null;
  /** Project that is chosen at first. */
  readonly project?: string | null;
  onDone(entryId: string): void;
  onClose(): void;
}

const FIRST_CATEGORY: EntryCategory = "issue";
const LONGEST_TITLE = 200;
const NAMES = "new-entry-names";

export function NewEntry({ people, session, link, project, onDone, onClose }: NewEntryProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const draftKey = `new entry ${session ?? ""} ${link ?? ""}`;
  const [draft] = useState(() => readFormDraft(draftKey));
  const [category, setCategory] = useState<EntryCategory>(
    ENTRY_CATEGORIES.find((one) => one === draft.category) ?? FIRST_CATEGORY,
  );
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLInputElement>("input[name=title]")?.focus();
  }, []);
  const keep = (chosen = category) => {
    const fields = fieldsOf(form.current!);
    // Which project it is for is nothing that was typed.
    const base = { links: link ?? "", category: FIRST_CATEGORY, project: fields.project ?? "" };
    writeFormDraft(draftKey, { ...fields, category: chosen }, base);
  };
  const choose = (one: EntryCategory) => {
    setCategory(one);
    keep(one);
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const links = text("links").split(/\s+/u).filter(Boolean);
    setBusy(true);
    setProblem(null);
    try {
      const written = await send<{ readonly entry_id: string; readonly warnings: readonly string[] }>("entries", {
        category,
        title: text("title"),
        ...(text("body") && { body: text("body") }),
        ...(text("tags") && {
          tags: text("tags")
            .split(/\s*,\s*/u)
            .filter(Boolean),
        }),
        ...(links.length > 0 && { links }),
        ...(text("assignee") && { assignee: text("assignee") }),
        ...(session ? { session_id: session } : text("project") ? { project_id: text("project") } : {}),
      });
      writeDraft(draftKey, "");
      if (text("assignee")) renewPeople();
      onDone(written.entry_id);
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} class="form-dialog" aria-label="New entry" onClose={onClose} data-testid="new-entry">
      <form ref={form} onSubmit={(event) => void submit(event)} onInput={() => keep()} onKeyDown={sendOnEnter}>
        <header>
          <h2>New entry</h2>
          <button type="button" class="ghost" aria-label="Close" onClick={() => dialog.current?.close()}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="m4.500 4.500 7 7m0-7-7 7" />
            </svg>
          </button>
        </header>
        <input
          name="title"
          class="title-input"
          aria-label="Title"
          placeholder="What is it, in one line?"
          required
          defaultValue={draft.title ?? ""}
          maxLength={LONGEST_TITLE}
          autocomplete="off"
        />
        <div class="segmented" role="group" aria-label="Category">
          {ENTRY_CATEGORIES.map((one) => (
            <button type="button" key={one} aria-pressed={category === one} onClick={() => choose(one)}>
              {CATEGORY_WORDS[one]}
            </button>
          ))}
        </div>
        <textarea
          name="body"
          aria-label="Text"
          rows={6}
          defaultValue={draft.body ?? ""}
          placeholder="What else is to be known? Markdown."
        />
        <div class="form-fields">
          {session ? null : (
            <label>
              <span>Project</span>
              <select name="project">
                {people.projects.map((one) => (
                  <option
                    key={one.project_id}
                    value={one.project_id}
                    selected={one.project_id === (draft.project ?? project)}
                  >
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label>
            <span>Assigned to</span>
            <input
              name="assignee"
              list={NAMES}
              defaultValue={draft.assignee ?? ""}
              placeholder="nobody"
              autocomplete="off"
            />
          </label>
          <label>
            <span>Tags</span>
            <input name="tags" defaultValue={draft.tags ?? ""} placeholder="with commas between" autocomplete="off" />
          </label>
          <label>
            <span>Links</span>
            <input
              name="links"
              defaultValue={draft.links ?? link ?? ""}
              placeholder="https://…, event:…, file:…, commit:…"
              autocomplete="off"
              spellcheck={false}
            />
          </label>
        </div>
        <NamesList id={NAMES} identities={people.identities} />
        {problem ? (
          <p class="form-problem" role="alert">
            {problem}
          </p>
        ) : null}
        <footer>
          <span class="faint">{session ? "It is about this session, in its project." : ""}</span>
          <button type="submit" class="button primary" disabled={isBusy}>
            Log entry
          </button>
        </footer>
      </form>
    </dialog>
  );
}
