/** @module A thread of messages: read, acknowledge, answer, approve. */
import { useRef, useState } from "preact/hooks";
import type { MessageAnswer, PeopleAnswer, ThreadAnswer } from "../../http/answers.ts";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { Markdown } from "../session/markdown.tsx";
import { useDraft } from "../state/draft.ts";
import { absolute, ago } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";
import { useAnswer } from "../state/use-answer.ts";
import { ApproveDialog } from "./approve-dialog.tsx";
import { markRead } from "./mark-read.ts";
import { plainName } from "./people.ts";
import { ChangedError, send } from "./send.ts";
import { sayFailure } from "./toasts.tsx";
import { TrustBadges } from "./trust-badges.tsx";
import { Who } from "./who.tsx";

export interface ThreadPaneProps {
  readonly threadId: string;
  readonly people: PeopleAnswer | null;
  onClose(): void;
}

const EVERY_MS = 300;

export function ThreadPane({ threadId, people, onClose }: ThreadPaneProps) {
  const answer = useAnswer<ThreadAnswer>(
    `messages/${encodeURIComponent(threadId)}`,
    {},
    { follow: "all", every: EVERY_MS },
  );
  const [approving, setApproving] = useState<string | null>(null);
  const thread = answer.data;
  const canWrite = people?.can_write === true;
  const last = thread?.messages.at(-1);
  const unread = (thread?.messages ?? []).flatMap(({ message, is_to_me }) =>
    is_to_me && message.read_at === null ? [message.message_id] : [],
  );
  const readAll = async () => {
    await markRead(unread);
    answer.retry();
  };
  const chosen = thread?.messages.find(({ message }) => message.message_id === approving);
  /** Tells the server, and asks for the thread as it is then. */
  const tell = async (
    path: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<"done" | "changed" | "failed"> => {
    try {
      await send(path, body);
      answer.retry();
      return "done";
    } catch (error) {
      answer.retry();
      if (error instanceof ChangedError) return "changed";
      sayFailure(error);
      return "failed";
    }
  };
  const approval = (one: MessageAnswer, approved: boolean, contentHash = one.content_hash) =>
    tell(`messages/${encodeURIComponent(one.message.message_id)}/approval`, {
      thread_id: threadId,
      content_hash: contentHash,
      approved,
    });
  return (
    <section class="thread" aria-label="Thread" data-testid="thread">
      <header class="thread-head">
        <h2>{thread ? toWhom(thread) : "Thread"}</h2>
        {canWrite && unread.length > 1 ? (
          <button type="button" class="more" onClick={() => void readAll()}>
            Mark all as read
          </button>
        ) : null}
        <button type="button" class="ghost" aria-label="Close the thread" onClick={onClose}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="m4.500 4.500 7 7m0-7-7 7" />
          </svg>
        </button>
      </header>
      {!thread && answer.error ? (
        answer.error.status === 404 ? (
          <Empty title="No thread has this id" />
        ) : (
          <Failure error={answer.error} retry={answer.retry} />
        )
      ) : null}
      {!thread && !answer.error ? <Loading rows={4} /> : null}
      <ol class="messages">
        {thread?.messages.map((one) => (
          <MessageCard
            key={one.message.message_id}
            one={one}
            person={people?.person ?? null}
            canWrite={canWrite}
            onMark={(mark) => void tell(`messages/${encodeURIComponent(one.message.message_id)}/mark`, { mark })}
            onApprove={() => setApproving(one.message.message_id)}
            onRevoke={() => void approval(one, false)}
          />
        ))}
      </ol>
      {canWrite && last ? <Reply key={threadId} last={last} onSent={answer.retry} /> : null}
      {chosen ? (
        <ApproveDialog
          what="message"
          trust={chosen.trust}
          warnings={chosen.warnings}
          contentHash={chosen.content_hash}
          texts={[{ label: "Message", text: chosen.message.text }]}
          onApprove={(hash) => approval(chosen, true, hash)}
          onClose={() => setApproving(null)}
        />
      ) : null}
    </section>
  );
}

function toWhom({ messages, project }: ThreadAnswer): string {
  const { from, to_kind, to } = messages[0]!.message;
  const whom =
    to_kind === "all"
      ? "everybody"
      : to_kind === "project"
        ? (project ?? to ?? "a project")
        : plainName(to ?? "nobody");
  return `${plainName(from)} to ${whom}`;
}

interface MessageCardProps {
  readonly one: MessageAnswer;
  readonly person: string | null;
  readonly canWrite: boolean;
  onMark(mark: "read" | "acknowledged"): void;
  onApprove(): void;
  onRevoke(): void;
}

function MessageCard({ one, person, canWrite, onMark, onApprove, onRevoke }: MessageCardProps) {
  const { message, trust, is_to_me, approvals, acknowledged_by } = one;
  const isUnread = is_to_me && message.read_at === null;
  const isMine = approvals.some(({ by }) => by === person);
  const acknowledged = Object.keys(acknowledged_by).filter((who) => who !== person);
  return (
    <li
      class="thread-message"
      data-unread={isUnread ? "" : undefined}
      data-testid="message"
      data-mine={message.from === person ? "" : undefined}
    >
      <header>
        <Who identity={message.from} />
        <time dateTime={message.sent_at ?? undefined} title={absolute(message.sent_at)}>
          {ago(message.sent_at)}
        </time>
        <TrustBadges trust={trust} />
        {message.expires_at ? (
          <span class="badge" title={absolute(message.expires_at)}>
            {message.expired ? "expired" : "expires"}
          </span>
        ) : null}
      </header>
      <Markdown text={message.text} keepsBreaks />
      <footer>
        {message.acknowledged_at ? <span class="badge good">acknowledged by you</span> : null}
        {acknowledged.length > 0 ? (
          <span class="badge good">acknowledged by {acknowledged.map(plainName).join(", ")}</span>
        ) : null}
        {canWrite && isUnread ? (
          <button type="button" class="more" onClick={() => onMark("read")}>
            Mark as read
          </button>
        ) : null}
        {canWrite && is_to_me && !message.acknowledged_at ? (
          <button type="button" class="more" onClick={() => onMark("acknowledged")}>
            Acknowledge
          </button>
        ) : null}
        {canWrite && message.from !== person && !isMine ? (
          <button type="button" class="more" onClick={onApprove}>
            Approve…
          </button>
        ) : null}
        {canWrite && isMine ? (
          <button type="button" class="more" onClick={onRevoke}>
            Take approval back
          </button>
        ) : null}
      </footer>
    </li>
  );
}

function Reply({ last, onSent }: { readonly last: MessageAnswer; onSent(): void }) {
  const [text, setText] = useDraft(`reply ${last.message.thread_id}`);
  const [isBusy, setBusy] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useKeys([{ keys: ["r"], label: "Reply", run: () => box.current?.focus() }]);
  const reply = async () => {
    setBusy(true);
    try {
      const { message_id } = last.message;
      await send("messages", { text, reply_to: message_id });
      // Who answers has read it.
      if (last.is_to_me && last.message.read_at === null)
        await send(`messages/${encodeURIComponent(message_id)}/mark`, { mark: "read" });
      setText("");
      onSent();
    } catch (error) {
      sayFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const isEmpty = text.trim() === "";
  return (
    <div class="composer">
      <textarea
        ref={box}
        aria-label="Reply"
        placeholder={`Reply to ${plainName(last.message.from)}`}
        rows={3}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isEmpty) void reply();
        }}
      />
      <div class="composer-tools">
        <span class="faint">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd>
        </span>
        <button type="button" class="button primary" disabled={isBusy || isEmpty} onClick={() => void reply()}>
          Reply
        </button>
      </div>
    </div>
  );
}
