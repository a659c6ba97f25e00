/** @module What others did since one looked: messages, assignments, mentions, changes, memory; and all threads, to read and answer. */
import { useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { INBOX_KINDS, type InboxItem } from "../../../model/entry.ts";
import type { ThreadsAnswer, WebInbox } from "../../http/answers.ts";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { GraphNewsRow, graphHref, MemoryNewsRow, memoryNewsHref } from "../shared/inbox-memory.tsx";
import { hrefOf, InboxRow, threadHref } from "../shared/inbox-row.tsx";
import { markRead } from "../shared/mark-read.ts";
import { NewMessage } from "../shared/new-message.tsx";
import { usePeople } from "../shared/people.ts";
import { send } from "../shared/send.ts";
import { ThreadList } from "../shared/thread-list.tsx";
import { ThreadPane } from "../shared/thread-pane.tsx";
import { say, sayFailure } from "../shared/toasts.tsx";
import { useUrl } from "../state/filter-url.ts";
import { ago, plural } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";
import { useAnswer } from "../state/use-answer.ts";

const HEADS: Readonly<Record<InboxItem["kind"], string>> = {
  message: "Messages",
  assigned: "Assigned to you",
  mention: "Mentions",
  change: "Changes",
};
const EVERY_MS = 500;
const TABS = ["new", "all", "messages"] as const;
type Tab = (typeof TABS)[number];
const TAB_WORDS: Readonly<Record<Tab, string>> = { new: "New", all: "Seen too", messages: "Messages" };

export function InboxPage() {
  const url = useUrl();
  const people = usePeople();
  const [, navigate] = useLocation();
  const [active, setActive] = useState(-1);
  const tab = TABS.find((one) => one === url.get("tab")) ?? "new";
  const isThreads = tab === "messages";
  const inbox = useAnswer<WebInbox>(
    isThreads ? null : "inbox",
    { all: tab === "all" ? 1 : undefined },
    { follow: "all", every: EVERY_MS },
  );
  const threads = useAnswer<ThreadsAnswer>(isThreads ? "messages" : null, {}, { follow: "all", every: EVERY_MS });
  const opened = url.get("thread");
  const canWrite = people?.can_write === true;
  const items = orderOf(inbox.data?.items ?? []);
  const memory = inbox.data?.memory ?? [];
  const graph = inbox.data?.graph ?? [];
  const hrefs = isThreads
    ? (threads.data?.rows ?? []).map((row) => threadHref(row.thread_id))
    : [...items.map(hrefOf), ...memory.map(memoryNewsHref), ...graph.map(graphHref)];
  const move = (to: number) => {
    const index = Math.max(0, Math.min(hrefs.length - 1, to));
    setActive(index);
    document.querySelectorAll(".inbox-row")[index]?.scrollIntoView({ block: "nearest" });
  };
  const seen = async () => {
    if (!inbox.data) return;
    try {
      await send("inbox/seen", { up_to: inbox.data.up_to });
      say(unread.length > 0 ? "Marked as seen; messages stay until they are read" : "Everything is marked as seen");
      inbox.retry();
    } catch (error) {
      sayFailure(error);
    }
  };
  const unread = items.flatMap(({ kind, is_read, id }) => (kind === "message" && !is_read ? [id] : []));
  const readAll = async () => {
    await markRead(unread);
    inbox.retry();
  };
  const write = () => (canWrite ? url.set({ compose: "1" }) : false);
  useKeys([
    { keys: ["j", "ArrowDown"], label: "Next", run: () => move(active + 1) },
    { keys: ["k", "ArrowUp"], label: "Previous", run: () => move(active - 1) },
    {
      keys: ["Enter"],
      label: "Open",
      run: (event) =>
        (event.target instanceof Element && event.target.closest("a,button,summary")) || !hrefs[active]
          ? false
          : navigate(hrefs[active]),
    },
    { keys: ["Escape"], label: "Close the thread", run: () => (opened ? url.set({ thread: null }) : false) },
    { keys: ["c"], label: "New message", run: write },
  ]);
  const { error } = isThreads ? threads : inbox;
  const answer = isThreads ? threads.data : inbox.data;
  const choose = (next: Tab) => {
    setActive(-1);
    url.set({ tab: next === "new" ? null : next, thread: null });
  };
  return (
    <div class="inbox-page" data-thread={opened ? "" : undefined}>
      <section class="inbox-main" aria-label="Inbox">
        <header class="page-head">
          <h1>Inbox</h1>
          <div class="segmented" role="group" aria-label="What is shown">
            {TABS.map((one) => (
              <button type="button" key={one} aria-pressed={tab === one} onClick={() => choose(one)}>
                {TAB_WORDS[one]}
              </button>
            ))}
          </div>
          <p class="faint inbox-looked" role="status">
            {inbox.data && !isThreads ? lookedText(inbox.data) : ""}
          </p>
          {canWrite && tab === "new" && hrefs.length > unread.length ? (
            <button type="button" class="button" onClick={() => void seen()}>
              Mark all as seen
            </button>
          ) : null}
          {canWrite ? (
            <button type="button" class="button primary" title="New message (c)" onClick={write}>
              New message
            </button>
          ) : null}
        </header>
        {error && !answer ? <Failure error={error} retry={(isThreads ? threads : inbox).retry} /> : null}
        {!answer && !error ? <Loading /> : null}
        {isThreads ? (
          <ThreadList rows={threads.data?.rows ?? []} opened={opened} active={active} />
        ) : (
          INBOX_KINDS.map((kind) => {
            const own = items.filter((item) => item.kind === kind);
            if (own.length === 0) return null;
            return (
              <section key={kind} aria-label={HEADS[kind]}>
                <header class="inbox-head">
                  <h2 class="inbox-kind">
                    {HEADS[kind]} <span>{own.length}</span>
                  </h2>
                  {kind === "message" && canWrite && unread.length > 0 ? (
                    <button type="button" class="more" onClick={() => void readAll()}>
                      Mark all as read
                    </button>
                  ) : null}
                </header>
                <ul class="inbox-list">
                  {own.map((item) => (
                    <InboxRow
                      key={`${item.target} ${item.id}`}
                      item={item}
                      isActive={items.indexOf(item) === active}
                      isOpen={opened !== null && item.message?.thread_id === opened}
                    />
                  ))}
                </ul>
              </section>
            );
          })
        )}
        {!isThreads && memory.length > 0 ? (
          <section aria-label="Memory">
            <h2 class="inbox-kind">
              Memory <span>{memory.length}</span>
            </h2>
            <ul class="inbox-list">
              {memory.map((news, index) => (
                <MemoryNewsRow key={news.id} news={news} isActive={items.length + index === active} />
              ))}
            </ul>
          </section>
        ) : null}
        {!isThreads && graph.length > 0 ? (
          <section aria-label="Graph">
            <h2 class="inbox-kind">
              Graph <span>{graphCount(graph)}</span>
            </h2>
            <ul class="inbox-list">
              {graph.map((news, index) => (
                <GraphNewsRow key={news.by} news={news} isActive={items.length + memory.length + index === active} />
              ))}
            </ul>
          </section>
        ) : null}
        {answer && hrefs.length === 0 ? <Nothing tab={tab} onAll={() => choose("all")} /> : null}
      </section>
      {opened ? (
        <ThreadPane key={opened} threadId={opened} people={people} onClose={() => url.set({ thread: null })} />
      ) : null}
      {url.get("compose") === "1" && people && canWrite ? (
        <NewMessage
          people={people}
          onDone={(threadId) => navigate(`/inbox?tab=messages&thread=${encodeURIComponent(threadId)}`)}
          onClose={() => url.get("compose") === "1" && url.set({ compose: null }, true)}
        />
      ) : null}
    </div>
  );
}

/** As they are shown: by kind. */
function orderOf(items: WebInbox["items"]): WebInbox["items"] {
  return INBOX_KINDS.flatMap((kind) => items.filter((item) => item.kind === kind));
}

/** Entities and relations. */
function graphCount(graph: WebInbox["graph"]): number {
  return graph.reduce((sum, { entities, relations }) => sum + entities + relations, 0);
}

function lookedText({ items, memory, graph, more, last_looked_at }: WebInbox): string {
  const number = items.length + memory.length + graphCount(graph);
  const what = number === 0 ? "" : `${more ? "more than " : ""}${plural(number, "thing")}`;
  const since = last_looked_at === null ? "" : `seen ${ago(last_looked_at)}`;
  return [what, since].filter(Boolean).join(" · ");
}

function Nothing({ tab, onAll }: { readonly tab: Tab; onAll(): void }) {
  if (tab === "messages")
    return (
      <Empty title="No messages">
        <p>
          What is sent with <code>clew send</code>, by an agent or from here, to you, to a project or to all, is here as
          threads.
        </p>
      </Empty>
    );
  return (
    <Empty title={tab === "all" ? "Nothing yet" : "Nothing new"}>
      <p>Messages to you, what is assigned to you, what mentions you, and what others changed, in memory too.</p>
      {tab === "new" ? (
        <button type="button" class="button" onClick={onAll}>
          Show what was seen before
        </button>
      ) : null}
    </Empty>
  );
}
