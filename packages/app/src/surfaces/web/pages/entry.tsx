/** @module One entry: its text, what stands beside it, who may be relied on for it, and everything that was ever changed. */
import { useEffect, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import type { EntryAnswer } from "../../http/answers.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { ApproveDialog } from "../shared/approve-dialog.tsx";
import { ConflictBoxes } from "../shared/conflict-boxes.tsx";
import { EntryFields } from "../shared/entry-fields.tsx";
import { EntryHistory } from "../shared/entry-history.tsx";
import { EntryLinks } from "../shared/entry-links.tsx";
import { EntryEditor, EntryText } from "../shared/entry-text.tsx";
import { NoteComposer } from "../shared/note-composer.tsx";
import { usePeople } from "../shared/people.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { say } from "../shared/toasts.tsx";
import { TrustBadges } from "../shared/trust-badges.tsx";
import { TrustCard } from "../shared/trust-card.tsx";
import { type UsedEntry, useEntry } from "../shared/use-entry.ts";
import { CATEGORY_WORDS } from "../shared/words.ts";
import { absolute, ago } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";

export function EntryPage({ id }: { readonly id: string }) {
  const entry = useEntry(id);
  const [, navigate] = useLocation();
  const { answer, error } = entry;
  const title = answer?.entry.title;
  useEffect(() => {
    if (title) document.title = `${title} · Clew`;
  }, [title]);
  useKeys([{ keys: ["u"], label: "Back to the list", run: () => navigate("/entries") }]);
  if (!answer && error?.status === 404)
    return (
      <Empty title="No entry has this id">
        <p class="mono">{id}</p>
        <Link class="button" href="/entries">
          All entries
        </Link>
      </Empty>
    );
  if (!answer && error) return <Failure error={error} retry={entry.retry} />;
  return answer ? <Loaded answer={answer} used={entry} /> : <Loading />;
}

function Loaded({ answer, used }: { readonly answer: EntryAnswer; readonly used: UsedEntry }) {
  const people = usePeople();
  const [isEditing, setEditing] = useState(false);
  const [isApproving, setApproving] = useState(false);
  const { entry, deleted, conflicts, trust } = answer;
  const { isBusy, edit } = used;
  const canWrite = people?.can_write === true;
  const remove = async () => {
    if (await edit({ deleted: true })) say(`Deleted “${shortened(entry.title)}”`, () => void edit({ deleted: false }));
  };
  useKeys([{ keys: ["e"], label: "Edit title and text", run: () => (canWrite ? setEditing(true) : false) }]);
  return (
    <div class="entry-page" data-testid="entry">
      <header class="entry-head">
        <nav aria-label="Where this entry belongs" class="crumbs">
          <Link href="/entries">Entries</Link>
          {entry.project_id === null ? null : (
            <>
              <span aria-hidden="true">/</span>
              <Link href={`/entries?project=${encodeURIComponent(entry.project_id)}`}>
                {answer.project ?? entry.project_id}
              </Link>
            </>
          )}
        </nav>
        {isEditing ? (
          <h1 class="hidden">{entry.title}</h1>
        ) : (
          <h1>
            <StatusMark status={entry.status} />
            <span>{entry.title}</span>
          </h1>
        )}
        <p class="entry-meta">
          <span class="entry-category" data-category={entry.category}>
            {CATEGORY_WORDS[entry.category]}
          </span>
          <span class="mono id">
            {entry.entry_id}
            <CopyButton text={entry.entry_id} label="Copy the entry's id" />
          </span>
          <span title={absolute(entry.changed_at)}>changed {ago(entry.changed_at)}</span>
          <TrustBadges trust={trust} />
          {canWrite && !deleted && !isEditing ? (
            <span class="entry-tools">
              <button type="button" class="button" title="Edit title and text (e)" onClick={() => setEditing(true)}>
                Edit
              </button>
              <button type="button" class="button" disabled={isBusy} onClick={() => void remove()}>
                Delete
              </button>
            </span>
          ) : null}
        </p>
        {deleted ? (
          <p class="remark deleted" role="status">
            This entry was deleted. Its history stays.{" "}
            {canWrite ? (
              <button type="button" class="more" disabled={isBusy} onClick={() => void edit({ deleted: false })}>
                Bring it back
              </button>
            ) : null}
          </p>
        ) : null}
        <ConflictBoxes conflicts={conflicts} isBusy={isBusy} onKeep={canWrite ? (change) => void edit(change) : null} />
      </header>
      <aside class="entry-side" aria-label="About this entry">
        <EntryFields answer={answer} people={people} isBusy={isBusy} onEdit={canWrite ? edit : null} />
        <TrustCard
          trust={trust}
          approvals={answer.approvals}
          person={people?.person ?? null}
          isBusy={isBusy}
          onApprove={canWrite ? () => setApproving(true) : null}
          onRevoke={canWrite ? () => void used.approve(answer.content_hash, false) : null}
        />
      </aside>
      <div class="entry-rest">
        {isEditing ? (
          <EntryEditor answer={answer} isBusy={isBusy} onSave={edit} onClose={() => setEditing(false)} />
        ) : (
          <article class="entry-body" aria-label="Text" data-testid="entry-body">
            <EntryText body={answer.body} />
          </article>
        )}
        <EntryLinks links={answer.links} />
        <h2 class="entry-history-head">History</h2>
        <EntryHistory history={answer.history} machines={answer.machines} />
        {canWrite && !deleted ? (
          <NoteComposer entryId={entry.entry_id} status={entry.status} isBusy={isBusy} onEdit={edit} />
        ) : null}
      </div>
      {isApproving ? (
        <ApproveDialog
          what="entry"
          trust={trust}
          warnings={answer.warnings}
          contentHash={answer.content_hash}
          texts={textsOf(answer)}
          onApprove={(hash) => used.approve(hash, true)}
          onClose={() => setApproving(false)}
        />
      ) : null}
    </div>
  );
}

/** All that the content's hash is made of. */
function textsOf({ entry, body, notes, links }: EntryAnswer) {
  return [
    { label: "Title", text: entry.title },
    { label: "Text", text: body },
    ...notes.map(({ text, author }) => ({ label: `Note by ${author}`, text })),
    { label: "Tags", text: entry.tags.join(", ") },
    { label: "Links", text: links.map(({ kind, target }) => `${kind}:${target}`).join("\n") },
  ];
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 58)}…` : text;
}
