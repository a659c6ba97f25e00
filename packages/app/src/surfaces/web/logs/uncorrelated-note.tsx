/** @module Why lines belong to no session, and what makes them. */

export function UncorrelatedNote() {
  return (
    <div class="uncorrelated-note" role="note">
      <p>
        <b>Lines that lead to no session.</b> They name none; no session is known in their trace; and none, or more than
        one, ran in their process at that time. Each joins by itself as soon as what it lacks becomes known.
      </p>
      <p>
        To join them: let the program log inside <code>withSession</code>, start it under an agent or{" "}
        <code>clew run</code> and put <code>CLEW_SESSION_ID</code> into its lines as <code>session_id</code>, or let its
        lines carry the <code>trace_id</code> of a trace that Clew receives.
      </p>
    </div>
  );
}
