/** @module What stands beside the list while no entity is chosen: the most connected ones as a drawing, counts, how to add to it. */
import type { GraphList, Neighbourhood } from "../../http/answers.ts";
import { Failure, Loading } from "../parts/states.tsx";
import { count } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";
import { CommandLine } from "./command-line.tsx";
import { GraphDrawing } from "./graph-drawing.tsx";

export interface GraphOverviewProps {
  readonly answer: GraphList;
  open(id: string): void;
}

export function GraphOverview({ answer, open }: GraphOverviewProps) {
  const types = answer.all_types.filter((type) => type !== "");
  const around = useAnswer<Neighbourhood>("graph/around", {}, { follow: "all", every: 2_000 });
  return (
    <div class="memory-detail memory-overview graph-overview" data-testid="graph-overview">
      <dl class="figures big">
        <div>
          <dt>Entities</dt>
          <dd>{count(answer.entities)}</dd>
        </div>
        <div>
          <dt>Relations</dt>
          <dd>{count(answer.relations)}</dd>
        </div>
        <div>
          <dt>Types</dt>
          <dd>{count(types.length)}</dd>
        </div>
      </dl>
      {around.error && around.data === null ? <Failure error={around.error} retry={around.retry} /> : null}
      {around.loading && around.data === null ? <Loading rows={5} /> : null}
      {around.data && around.data.nodes.length > 0 ? (
        <GraphDrawing around={around.data} middle={null} types={answer.all_types} total={answer.entities} open={open} />
      ) : null}
      <HowToAdd />
    </div>
  );
}

export function NothingKnown() {
  return (
    <div class="state">
      <h2>Nothing is known yet</h2>
      <p>
        Entities with what is known of them, and what leads from one to another. Agents write them with the MCP tools{" "}
        <code>graph_add</code> and <code>graph_relate</code>, people in a terminal:
      </p>
      <HowToAdd />
    </div>
  );
}

function HowToAdd() {
  return (
    <section class="how-to-add">
      <CommandLine
        command="clew graph add billing --type service --observation 'Refunds are idempotent'"
        what="Add an entity"
      />
      <CommandLine command="clew graph relate billing uses postgres" what="Say what leads from one to another" />
      <CommandLine command="clew graph import memory.jsonl" what="Take in the file of the MCP memory server" />
    </section>
  );
}
