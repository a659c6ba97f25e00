/** @module One entry, kept current, and the way to change it: as whoever saw what the page shows. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { EntryAnswer } from "../../http/answers.ts";
import type { EntryEdit, SharedWritten } from "../../http/shared-writer.ts";
import type { ApiError } from "../state/api.ts";
import { useAnswer } from "../state/use-answer.ts";
import { renewPeople } from "./people.ts";
import { ChangedError, send } from "./send.ts";
import { say, sayFailure } from "./toasts.tsx";

const EVERY_MS = 250;

export interface UsedEntry {
  readonly answer: EntryAnswer | null;
  readonly error: ApiError | null;
  readonly isBusy: boolean;
  /** `seen`: another version than the one that is shown now. False: it was not done, and has been said. */
  edit(change: Omit<EntryEdit, "seen">, seen?: number): Promise<boolean>;
  /** Of exactly the content with this hash; "changed": another stands there now, and is shown. */
  approve(contentHash: string, approved: boolean): Promise<"done" | "changed" | "failed">;
  retry(): void;
}

interface Written extends SharedWritten {
  readonly entry: EntryAnswer | null;
}

export function useEntry(id: string): UsedEntry {
  const path = `entries/${encodeURIComponent(id)}`;
  const asked = useAnswer<EntryAnswer>(path, {}, { follow: "all", every: EVERY_MS });
  const [told, setTold] = useState<EntryAnswer | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => setTold(null), [id]);
  // What an answer to a change told may be newer than what was last asked for.
  const answer = told && (!asked.data || told.version > asked.data.version) ? told : asked.data;
  // Of what was shown last, also for what undoes a change later.
  const newest = useRef(0);
  newest.current = Math.max(newest.current, answer?.version ?? 0);
  const tell = (entry: EntryAnswer | null) => {
    if (!entry) return;
    newest.current = Math.max(newest.current, entry.version);
    setTold(entry);
  };
  return {
    answer,
    error: asked.error,
    isBusy,
    async edit(change, seen = newest.current) {
      setBusy(true);
      try {
        const written = await send<Written>(path, { ...change, seen });
        tell(written.entry);
        if (change.assignee) renewPeople();
        const [warning] = written.warnings;
        if (warning) say(warning);
        else if (!written.stored) say("Kept. It shows as soon as the writer is free.");
        return true;
      } catch (error) {
        sayFailure(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
    async approve(contentHash, approved) {
      setBusy(true);
      try {
        const written = await send<Written>(`${path}/approval`, { content_hash: contentHash, approved });
        tell(written.entry);
        return "done";
      } catch (error) {
        if (error instanceof ChangedError) {
          tell((error.now as { readonly entry: EntryAnswer }).entry);
          return "changed";
        }
        sayFailure(error);
        return "failed";
      } finally {
        setBusy(false);
      }
    },
    retry: asked.retry,
  };
}
