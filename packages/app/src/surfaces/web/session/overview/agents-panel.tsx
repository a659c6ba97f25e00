/** @module The agents that a session started, nested as they were: what for, what came of it, what it cost. */
import { Link } from "wouter-preact";
import type { SessionRow } from "../../../../model/answers.ts";
import { hasPrograms } from "../../../../model/session-below.ts";
import type { TreeNode } from "../../../http/answers.ts";
import { StatusDot } from "../../parts/status-dot.tsx";
import { activityText, liveActivity } from "../../state/activity.ts";
import { count, duration, money } from "../../state/format.ts";
import { Panel, PanelTable } from "./panel.tsx";

const HEADS = ["Task", "Result", "Success", "Cost"];

export function AgentsPanel({ tree }: { readonly tree: TreeNode }) {
  const agents = below(tree);
  const isMixed = hasPrograms(agents.map(({ session }) => session));
  return (
    <Panel title={isMixed ? "Sessions below" : "Agents"} note={count(agents.length)} isWide>
      <PanelTable
        label={isMixed ? "sessions below" : "agents"}
        heads={[isMixed ? "Session" : "Agent", ...HEADS, isMixed ? "With those below" : "With its own agents", "Time"]}
      >
        {agents.map(({ session, depth }) => (
          <tr key={session.session_id}>
            <th scope="row" data-depth={Math.min(6, depth - tree.depth)}>
              <StatusDot session={session} />{" "}
              <Link href={`/sessions/${encodeURIComponent(session.session_id)}`}>
                {session.agent_type ?? session.agent}
              </Link>
            </th>
            <td class="wide-text" title={session.agent_description ?? undefined}>
              {session.agent_description ?? session.title ?? "–"}
            </td>
            <td class="wide-text" title={session.agent_result ?? undefined}>
              {session.agent_result ?? "–"}
            </td>
            <td>{success(session)}</td>
            <td class="strong">{money(session.cost_usd)}</td>
            <td>{session.cost_usd === session.cost_usd_inclusive ? "" : money(session.cost_usd_inclusive)}</td>
            <td>{duration(session.duration_s === null ? null : session.duration_s * 1_000)}</td>
          </tr>
        ))}
      </PanelTable>
    </Panel>
  );
}

/** All below a node, each before its own agents. */
function below(node: TreeNode): readonly TreeNode[] {
  return node.children.flatMap((child) => [child, ...below(child)]);
}

function success(session: SessionRow) {
  if (session.agent_success === true) return "yes";
  if (session.agent_success === false) return <b class="failures">no</b>;
  return <span class="faint">{liveActivity(session) ? activityText(session) : "not told"}</span>;
}
