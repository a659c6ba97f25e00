/** @module What an entry is about: an event or session opens where it happened, an address shows where it leads. */
import { Link } from "wouter-preact";
import type { WebLink } from "../../http/answers.ts";
import { CopyButton } from "../parts/copy-button.tsx";

const WORDS: Readonly<Record<WebLink["kind"], string>> = {
  event: "Event",
  file: "File",
  commit: "Commit",
  url: "Address",
};

export function EntryLinks({ links }: { readonly links: readonly WebLink[] }) {
  if (links.length === 0) return null;
  return (
    <ul class="entry-links" aria-label="Links">
      {links.map((link) => (
        <li key={`${link.kind}:${link.target}`} data-kind={link.kind}>
          <span class="faint">{WORDS[link.kind]}</span>
          <Target link={link} />
          <CopyButton text={link.target} label={`Copy the ${WORDS[link.kind].toLowerCase()}`} />
        </li>
      ))}
    </ul>
  );
}

function Target({ link: { kind, target, session } }: { readonly link: WebLink }) {
  if (session) {
    const event = session.event_id === null ? "" : `#event-${encodeURIComponent(session.event_id)}`;
    return (
      <Link href={`/sessions/${encodeURIComponent(session.session_id)}${event}`} title={target}>
        {session.event_id === null ? "" : "in "}
        {session.title ?? session.session_id}
      </Link>
    );
  }
  // Anything else that calls itself an address stays text.
  if (kind === "url" && /^https?:\/\//iu.test(target))
    return (
      <a href={target} target="_blank" rel="noopener noreferrer nofollow">
        {target}
      </a>
    );
  return <code>{target}</code>;
}
