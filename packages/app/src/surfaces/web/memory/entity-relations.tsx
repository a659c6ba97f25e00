/** @module Relations of an entity in both directions, each with who said so: the drawing as a list. */
import { Link } from "wouter-preact";
import type { GraphWebEntity } from "../../http/answers.ts";
import { EvidenceList } from "./evidence-list.tsx";

export interface EntityRelationsProps {
  readonly entity: GraphWebEntity;
  hrefOf(id: string): string;
}

export function EntityRelations({ entity, hrefOf }: EntityRelationsProps) {
  const { relations, relations_left: left } = entity;
  return (
    <section aria-label="Relations">
      <h3>
        Relations <small>{relations.length + left}</small>
      </h3>
      {relations.length === 0 ? <p class="faint">None.</p> : null}
      <ul class="relations" data-testid="relations">
        {relations.map((one) => {
          const isAway = one.from_id === entity.id;
          return (
            <li key={`${one.from_id} ${one.type} ${one.to_id}`} data-direction={isAway ? "away" : "here"}>
              <p>
                {isAway ? null : (
                  <>
                    <Link href={hrefOf(one.from_id)}>{one.from}</Link>{" "}
                  </>
                )}
                <span class="relation-type">
                  {isAway ? null : <i aria-hidden="true">→</i>}
                  {one.type}
                  <i aria-hidden="true">→</i>
                </span>{" "}
                {isAway ? <Link href={hrefOf(one.to_id)}>{one.to}</Link> : <span class="relation-self">{one.to}</span>}
              </p>
              <EvidenceList evidence={one.evidence} entity={entity} />
            </li>
          );
        })}
      </ul>
      {left > 0 ? <p class="faint">And {left} more.</p> : null}
    </section>
  );
}
