/** @module What stands beside an entry's text: status, category, who sees to it, project, tags, session; each to be changed in place. */
import { useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import { ENTRY_CATEGORIES, ENTRY_STATUSES } from "../../../model/entry.ts";
import type { EntryAnswer, PeopleAnswer } from "../../http/answers.ts";
import type { EntryEdit } from "../../http/shared-writer.ts";
import { absolute, ago } from "../state/format.ts";
import { NamesList } from "./names-list.tsx";
import { StatusMark } from "./status-mark.tsx";
import { Who } from "./who.tsx";
import { CATEGORY_WORDS, STATUS_WORDS } from "./words.ts";

export interface EntryFieldsProps {
  readonly answer: EntryAnswer;
  readonly people: PeopleAnswer | null;
  readonly isBusy: boolean;
  /** Null: nothing can be changed from here. */
  readonly onEdit: ((change: Omit<EntryEdit, "seen">) => Promise<boolean>) | null;
}

const NAMES = "entry-names";

export function EntryFields({ answer, people, isBusy, onEdit }: EntryFieldsProps) {
  const { entry, session, project } = answer;
  return (
    <dl class="entry-fields">
      <div>
        <dt id="field-status">Status</dt>
        <dd class="field-choice">
          <StatusMark status={entry.status} />
          {onEdit ? (
            <select
              aria-labelledby="field-status"
              data-testid="status"
              value={entry.status}
              disabled={isBusy}
              onChange={(event) => void onEdit({ status: event.currentTarget.value })}
            >
              {ENTRY_STATUSES.map((one) => (
                <option key={one} value={one}>
                  {STATUS_WORDS[one]}
                </option>
              ))}
            </select>
          ) : (
            <span data-testid="status">{STATUS_WORDS[entry.status]}</span>
          )}
        </dd>
      </div>
      <div>
        <dt id="field-category">Category</dt>
        <dd class="field-choice">
          {onEdit ? (
            <select
              aria-labelledby="field-category"
              value={entry.category}
              disabled={isBusy}
              onChange={(event) => void onEdit({ category: event.currentTarget.value })}
            >
              {ENTRY_CATEGORIES.map((one) => (
                <option key={one} value={one}>
                  {CATEGORY_WORDS[one]}
                </option>
              ))}
            </select>
          ) : (
            CATEGORY_WORDS[entry.category]
          )}
        </dd>
      </div>
      <div>
        <dt id="field-assignee">Assigned to</dt>
        <dd>
          <Assignee answer={answer} people={people} isBusy={isBusy} onEdit={onEdit} />
        </dd>
      </div>
      <div>
        <dt>Tags</dt>
        <dd>
          <Tags tags={entry.tags} isBusy={isBusy} onEdit={onEdit} />
        </dd>
      </div>
      <div>
        <dt>Project</dt>
        <dd>
          {entry.project_id === null ? (
            <span class="faint">none</span>
          ) : (
            <Link href={`/entries?project=${encodeURIComponent(entry.project_id)}&status=all`}>
              {project ?? entry.project_id}
            </Link>
          )}
        </dd>
      </div>
      {session ? (
        <div>
          <dt>Session</dt>
          <dd>
            <Link href={`/sessions/${encodeURIComponent(session.session_id)}`} title={session.session_id}>
              {session.title ?? session.session_id}
            </Link>
          </dd>
        </div>
      ) : null}
      <div>
        <dt>Written</dt>
        <dd>
          <Who identity={entry.created_by} />{" "}
          <time class="faint" dateTime={entry.created_at ?? undefined} title={absolute(entry.created_at)}>
            {ago(entry.created_at)}
          </time>
        </dd>
      </div>
    </dl>
  );
}

function Assignee({ answer, people, isBusy, onEdit }: EntryFieldsProps) {
  const { assignee } = answer.entry;
  const input = useRef<HTMLInputElement>(null);
  if (!onEdit) return assignee ? <Who identity={assignee} /> : <span class="faint">nobody</span>;
  const assign = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = input.current?.value.trim() ?? "";
    if (name !== "" && (await onEdit({ assignee: name })) && input.current) input.current.value = "";
  };
  return (
    <>
      {assignee ? (
        <p class="field-row">
          <Who identity={assignee} />
          <button
            type="button"
            class="remove"
            aria-label="Assign to nobody"
            disabled={isBusy}
            onClick={() => void onEdit({ assignee: null })}
          >
            ×
          </button>
        </p>
      ) : null}
      <form class="field-row" onSubmit={(event) => void assign(event)}>
        <input
          ref={input}
          class="field-input"
          list={NAMES}
          aria-labelledby="field-assignee"
          placeholder={assignee ? "hand it on to…" : "nobody: assign to…"}
          autocomplete="off"
          data-testid="assignee"
        />
        {people?.person && people.person !== assignee ? (
          <button type="button" class="more" disabled={isBusy} onClick={() => void onEdit({ assignee: people.person })}>
            to me
          </button>
        ) : null}
      </form>
      <NamesList id={NAMES} identities={people?.identities ?? []} />
    </>
  );
}

interface TagsProps {
  readonly tags: readonly string[];
  readonly isBusy: boolean;
  readonly onEdit: EntryFieldsProps["onEdit"];
}

function Tags({ tags, isBusy, onEdit }: TagsProps) {
  const input = useRef<HTMLInputElement>(null);
  if (!onEdit && tags.length === 0) return <span class="faint">none</span>;
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const names = (input.current?.value ?? "")
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean);
    if (names.length > 0 && (await onEdit?.({ add_tags: names })) && input.current) input.current.value = "";
  };
  return (
    <>
      <ul class="tags">
        {tags.map((tag) => (
          <li key={tag} class="tag">
            <Link href={`/entries?tag=${encodeURIComponent(tag)}&status=all`}>{tag}</Link>
            {onEdit ? (
              <button
                type="button"
                class="remove"
                aria-label={`Remove the tag ${tag}`}
                disabled={isBusy}
                onClick={() => void onEdit({ remove_tags: [tag] })}
              >
                ×
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {onEdit ? (
        <form onSubmit={(event) => void add(event)}>
          <input ref={input} class="field-input" aria-label="Add a tag" placeholder="add a tag" autocomplete="off" />
        </form>
      ) : null}
    </>
  );
}
