/** @module What waits for a session's identity, in figures, handles and words from a fixed list: nothing that anybody wrote. */
import { ENTRY_CATEGORIES } from "../model/entry.ts";
import { handleOf, namesOf } from "../query/names.ts";
import type { SharedFacts } from "../query/shared-context.ts";

/** Senders that are named; of the others there is only their number. */
const MOST_SENDERS = 3;

/** `untold`: open entries of the project whose titles are not passed on. Null: nothing waits. */
export function inboxLine({ entries, hasMore, unread }: SharedFacts, identity: string, untold: number): string | null {
  const names = namesOf(identity);
  const assigned = entries.filter(({ assignee }) => assignee !== null && names.includes(assignee));
  const waiting = [
    ...messagesFrom(unread),
    ...ENTRY_CATEGORIES.flatMap((category) => {
      const count = assigned.filter((entry) => entry.category === category).length;
      return count === 0 ? [] : [`${counted(count, category)} assigned`];
    }),
  ];
  const parts = [
    ...(waiting.length === 0 ? [] : [`${waiting.join(", ")} (clew inbox)`]),
    ...(untold === 0
      ? []
      : [`${untold}${hasMore ? "+" : ""} more open ${untold === 1 ? "entry" : "entries"} (clew list --open)`]),
  ];
  return parts.length === 0 ? null : parts.join("; ");
}

/** "2 messages from @ana", "1 from @bo", "3 from others". */
function messagesFrom(unread: SharedFacts["unread"]): readonly string[] {
  const byHandle = new Map<string | null, number>();
  for (const { sender, count } of unread) {
    const handle = handleOf(sender);
    const key = handle !== null && (byHandle.has(handle) || byHandle.size < MOST_SENDERS) ? handle : null;
    byHandle.set(key, (byHandle.get(key) ?? 0) + count);
  }
  const named = [...byHandle].filter(([handle]) => handle !== null);
  const others = byHandle.get(null) ?? 0;
  const senders = [
    ...named.map(([handle, count]) => [count, `@${handle}`] as const),
    ...(others > 0 ? [[others, named.length > 0 ? "others" : "somebody"] as const] : []),
  ];
  return senders.map(([count, who], index) => `${index === 0 ? counted(count, "message") : count} from ${who}`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
