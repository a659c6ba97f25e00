/** @module Who said something, when, and the session at the very event. */
import { Link } from "wouter-preact";
import type { GraphWebEntity } from "../../http/answers.ts";
import { sessionAtHref } from "../logs/hrefs.ts";
import { absolute, ago } from "../state/format.ts";
import { identityName } from "./words-marks.tsx";

type Evidence = GraphWebEntity["observations"][number]["evidence"];

export interface EvidenceListProps {
  readonly evidence: Evidence;
  readonly entity: Pick<GraphWebEntity, "sessions" | "whose">;
}

export function EvidenceList({ evidence, entity }: EvidenceListProps) {
  return (
    <span class="evidence">
      {evidence.map((one, index) => (
        <span key={index} data-testid="evidence">
          <b>{identityName(one.author)}</b>
          {entity.whose[one.author] === "other" ? <span class="badge">another's</span> : null}{" "}
          <time title={absolute(one.ts)}>{ago(one.ts)}</time>
          {one.session_id !== null && one.session_id in entity.sessions ? (
            <>
              {" in "}
              <Link href={sessionAtHref(one.session_id, one.event_id)} title="The session at this event">
                {entity.sessions[one.session_id] ?? "its session"}
              </Link>
            </>
          ) : null}
          {one.tainted ? (
            <span class="badge warn" title="Derived from what came from elsewhere">
              tainted
            </span>
          ) : null}
        </span>
      ))}
    </span>
  );
}
