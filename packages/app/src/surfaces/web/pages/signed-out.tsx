/** @module Shown to a browser that has no cookie: how to get one. */
export function SignedOut() {
  return (
    <main class="signed-out">
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>This browser is not signed in</h1>
      <p>
        Only someone with a terminal on this machine may read these sessions. Open the link that <code>clew up</code>{" "}
        prints; it works once, so ask for a fresh one if you have used it.
      </p>
    </main>
  );
}
