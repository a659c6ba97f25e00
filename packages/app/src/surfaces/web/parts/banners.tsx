/** @module What must be known on every page: the data is made up, or the connection is gone. */
import { useEffect, useState } from "preact/hooks";
import { connection } from "../state/live.ts";
import type { Status } from "../state/status.ts";

/** A break shorter than this is not worth a banner. */
const PATIENCE_MS = 1_000;

export function Banners({ status }: { readonly status: Status | null }) {
  const [isLost, setLost] = useState(false);
  const now = connection.value;
  useEffect(() => {
    if (now === "live" || now === "paused") return setLost(false);
    const timer = setTimeout(() => setLost(now === "lost"), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div class="banners" aria-live="polite">
      {status?.demo ? (
        <p class="banner" data-kind="demo">
          <b>Demo: made-up data.</b> Nothing here happened. Run <code>clew up</code> where Claude Code has worked to see
          your own sessions.
        </p>
      ) : null}
      {isLost ? (
        <p class="banner" data-kind="lost">
          <b>Disconnected.</b> Clew does not answer; what you see may be old. Trying again…
        </p>
      ) : null}
    </div>
  );
}
