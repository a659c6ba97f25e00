/** @module An opened entity: what is around it, what is known of it with who said so, and its history. */
import { useEffect, useRef } from "preact/hooks";
import type { GraphWebEntity, Neighbourhood } from "../../http/answers.ts";
import { Failure, Loading } from "../parts/states.tsx";
import type { UrlState } from "../state/filter-url.ts";
import { absolute, ago, plural } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";
import { CommandLine } from "./command-line.tsx";
import { EntityHistory } from "./entity-history.tsx";
import { EntityRelations } from "./entity-relations.tsx";
import { EvidenceList } from "./evidence-list.tsx";
import { GraphDrawing } from "./graph-drawing.tsx";
import { DEPTHS, type GraphView } from "./graph-url.ts";
import { commandOf } from "./shell-word.ts";
import { colourOf } from "./type-colours.ts";
import { identityName, WordsMarks } from "./words-marks.tsx";

export interface EntityDetailProps {
  readonly url: UrlState;
  readonly view: GraphView;
  /** Of the whole graph, most frequent first. */
  readonly types: readonly string[];
  hrefOf(id: string): string;
  open(id: string | null): void;
}

export function EntityDetail({ url, view, types, hrefOf, open }: EntityDetailProps) {
  const id = view.entity ?? "";
  const box = useRef<HTMLElement>(null);
  const path = `graph/entities/${encodeURIComponent(id)}`;
  const following = { follow: "all", every: 2_000 } as const;
  const asked = useAnswer<GraphWebEntity>(path, {}, following);
  const around = useAnswer<Neighbourhood>(`${path}/around`, { depth: view.depth }, following);
  useEffect(() => box.current?.scrollTo({ top: 0 }), [id]);
  const entity =
    asked.data && (asked.data.id === id || asked.data.merged.some((one) => one.id === id)) ? asked.data : null;
  return (
    <article
      class="memory-detail"
      aria-label="Entity"
      data-testid="entity-detail"
      data-entity={id}
      ref={box}
      tabIndex={0}
    >
      <button
        type="button"
        class="ghost entity-close"
        aria-label="Close the entity"
        title="Close (Esc)"
        onClick={() => open(null)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="m4.5 4.5 7 7m0-7-7 7" />
        </svg>
      </button>
      {!entity && asked.error ? <Failure error={asked.error} retry={asked.retry} /> : null}
      {!entity && !asked.error ? <Loading rows={6} /> : null}
      {entity ? (
        <>
          <EntityHead entity={entity} types={types} hrefOf={hrefOf} />
          {around.data && around.data.nodes.length > 1 ? (
            <>
              <div class="drawing-reach">
                <span aria-hidden="true">Relations away</span>
                <div class="segmented" role="group" aria-label="How far the drawing reaches">
                  {DEPTHS.map((depth) => (
                    <button
                      key={depth}
                      type="button"
                      aria-pressed={view.depth === depth}
                      title={`${plural(depth, "relation")} away at most`}
                      onClick={() => url.set({ depth: depth === 1 ? null : String(depth) })}
                    >
                      {depth}
                    </button>
                  ))}
                </div>
              </div>
              <GraphDrawing around={around.data} middle={entity.id} types={types} open={open} />
            </>
          ) : null}
          <div class="memory-columns">
            <div class="memory-main">
              <Observations entity={entity} />
              <EntityRelations entity={entity} hrefOf={hrefOf} />
            </div>
            <div class="memory-side">
              <EntityHistory entity={entity} />
              <section class="memory-side-part" aria-label="In a terminal">
                <h3>In a terminal</h3>
                <CommandLine what="Add to it" command={`${commandOf("clew", "graph", "observe", entity.id)} 'TEXT'`} />
                <CommandLine
                  what="Take the newest change back"
                  command={commandOf("clew", "graph", "undo", entity.id)}
                />
              </section>
            </div>
          </div>
        </>
      ) : null}
    </article>
  );
}

type HeadProps = Pick<EntityDetailProps, "types" | "hrefOf"> & { readonly entity: GraphWebEntity };

function EntityHead({ entity, types }: HeadProps) {
  const whose = entity.authors.map((one) => entity.whose[one] ?? "other");
  const furthest = whose.includes("other") ? "other" : whose.includes("agent") ? "agent" : "own";
  return (
    <header class="memory-head entity-head">
      <div>
        <p class="memory-where">
          <i class="type-dot" data-colour={colourOf(entity.type, types)} />
          <span>{entity.type === "" ? "no type" : entity.type}</span> <span class="faint mono">{entity.id}</span>
        </p>
        <h2>{entity.name}</h2>
        {entity.merged.length > 0 ? (
          <p class="memory-about" data-testid="merged">
            also {entity.merged.map(({ name }) => name).join(", ")}, merged into it
          </p>
        ) : null}
      </div>
      <p class="memory-said">
        <WordsMarks words={{ whose: furthest, tainted: entity.tainted }} />
        <span>
          by {entity.authors.map(identityName).join(", ")}; changed{" "}
          <time title={absolute(entity.changed_at)}>{ago(entity.changed_at)}</time>
        </span>
      </p>
      {entity.deleted ? (
        <p class="memory-note" role="note">
          It was deleted, and stands in the history only.
        </p>
      ) : null}
      {entity.conflicts.map(({ field, values }) => (
        <p key={field} class="memory-note" role="note" data-testid="entity-conflict">
          Its {field.replaceAll("_", " ")} was written twice without knowing of each other: {values.join(" or ")}.
        </p>
      ))}
    </header>
  );
}

function Observations({ entity }: { readonly entity: GraphWebEntity }) {
  return (
    <section aria-label="Observations">
      <h3>
        Observations <small>{entity.observations.length}</small>
      </h3>
      {entity.observations.length === 0 ? <p class="faint">None.</p> : null}
      <ul class="observations" data-testid="observations">
        {entity.observations.map((one) => (
          <li key={one.text}>
            <p>{one.text}</p>
            <EvidenceList evidence={one.evidence} entity={entity} />
          </li>
        ))}
      </ul>
    </section>
  );
}
