/** @module Every change of an entity, newest first: names, types, merges, what was said of it and taken away. */
import { Link } from "wouter-preact";
import type { GraphWebEntity } from "../../http/answers.ts";
import { absolute, ago, plural } from "../state/format.ts";
import { identityName } from "./words-marks.tsx";

type Row = GraphWebEntity["history"][number];

const SHOWN = 30;

export function EntityHistory({ entity }: { readonly entity: GraphWebEntity }) {
  const isMerged = entity.merged.length > 0;
  return (
    <section class="memory-side-part" aria-label="History">
      <h3>
        History <small>{plural(entity.history.length, "change")}</small>
      </h3>
      <ol class="versions" data-testid="entity-history">
        {entity.history.slice(0, SHOWN).map((row) => (
          <li key={row.change_id}>
            <div class="version">
              {isMerged ? <small class="faint">{row.entity}</small> : null}
              <ul class="history-changes">
                {changesOf(row).map(({ kind, text }, index) => (
                  <li key={index} data-kind={kind}>
                    {text}
                  </li>
                ))}
              </ul>
              <span class="version-who">
                {identityName(row.author)} · <time title={absolute(row.at)}>{ago(row.at)}</time>
              </span>
            </div>
            {row.session_id !== null && row.session_id in entity.sessions ? (
              <Link class="version-session" href={`/sessions/${encodeURIComponent(row.session_id)}`}>
                session
              </Link>
            ) : null}
          </li>
        ))}
      </ol>
      {entity.history.length > SHOWN ? (
        <p class="faint">{plural(entity.history.length - SHOWN, "older change")}</p>
      ) : null}
    </section>
  );
}

interface ShownChange {
  readonly kind: "in" | "out" | "set";
  readonly text: string;
}

function changesOf(row: Row): readonly ShownChange[] {
  return [
    ...row.set.map((one): ShownChange => ({ kind: "set", text: saidOf(one) })),
    ...Object.values(row.added).flatMap((values) => values.map((text): ShownChange => ({ kind: "in", text }))),
    ...Object.values(row.removed).flatMap((values) => values.map((text): ShownChange => ({ kind: "out", text }))),
  ];
}

function saidOf({ field, from, to }: Row["set"][number]): string {
  const before = from.map(String).join(" or ");
  if (field === "deleted") return to === true ? "deleted" : "brought back";
  if (field === "merged_into") return to === null ? "on its own again" : `merged into ${to}`;
  if (field === "name") return before === "" ? `named ${to}` : `renamed from ${before} to ${to}`;
  if (field === "type") return before === "" ? `type ${to}` : `type ${to}, before ${before}`;
  return `${field.replaceAll("_", " ")}: ${to}`;
}
