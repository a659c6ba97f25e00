/** @module The way to the inbox, with the number of what is new there. */
import { Link, useRoute } from "wouter-preact";
import type { WebInboxCount } from "../../http/answers.ts";
import { plural } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";

const MOST = 99;

export function InboxLink() {
  const [isHere] = useRoute("/inbox");
  const answer = useAnswer<WebInboxCount>("inbox/count", {}, { follow: "all", every: 1_000 });
  const fresh = answer.data?.new ?? 0;
  const forMe = answer.data?.for_me ?? 0;
  const number = forMe > 0 ? forMe : fresh;
  const words = fresh === 0 ? "nothing new" : `${plural(forMe, "thing")} for you, ${fresh} new`;
  return (
    <Link
      href="/inbox"
      class="inbox-link"
      aria-current={isHere ? "page" : undefined}
      aria-label={`Inbox: ${words}`}
      title={`Inbox: ${words} (i)`}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M2 9.500 3.800 3.500h8.400L14 9.500v3H2ZM2 9.500h3.200c.3 1 1.200 1.700 2.800 1.700s2.500-.7 2.800-1.700H14" />
      </svg>
      {number > 0 ? (
        <b data-testid="inbox-count" data-kind={forMe > 0 ? "mine" : "quiet"}>
          {number > MOST || answer.data?.more ? `${Math.min(number, MOST)}+` : number}
        </b>
      ) : null}
    </Link>
  );
}
