/** @module From a row of the timeline to its record in the transcript, of the same session or of one that it started. */
import { Link } from "wouter-preact";
import { recordHref } from "../../logs/hrefs.ts";
import { selection } from "../selection.ts";

export function RecordLink({ sessionId, eventId }: { readonly sessionId: string; readonly eventId: string }) {
  return (
    <Link
      class="more"
      href={recordHref(sessionId, eventId)}
      data-testid="to-record"
      // The page of the same session stays, and does not read the address anew.
      onClick={() => {
        selection.value = { eventId, from: "address" };
      }}
    >
      Show in the transcript
    </Link>
  );
}
