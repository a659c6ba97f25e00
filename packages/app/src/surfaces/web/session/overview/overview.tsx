/** @module The session as a whole, beside its transcript: outcome, agents, MCP usage, what it was given and told to follow. */
import type { SessionDetail, TreeNode } from "../../../http/answers.ts";
import { AgentsPanel } from "./agents-panel.tsx";
import { InjectedPanel } from "./injected-panel.tsx";
import { InstructionsPanel } from "./instructions-panel.tsx";
import { McpPanel } from "./mcp-panel.tsx";
import { OutcomePanel } from "./outcome-panel.tsx";

export interface OverviewProps {
  readonly detail: SessionDetail;
  readonly tree: TreeNode | null;
}

export function Overview({ detail, tree }: OverviewProps) {
  const { outcome, injected, mcp, facts } = detail;
  const instructions = facts.instruction ?? [];
  return (
    <div class="overview" tabIndex={0} role="region" aria-label="Overview" data-testid="overview">
      {outcome ? <OutcomePanel outcome={outcome} /> : null}
      {injected.length > 0 ? <InjectedPanel injected={injected} /> : null}
      {mcp.length > 0 ? <McpPanel rows={mcp} /> : null}
      {instructions.length > 0 ? <InstructionsPanel facts={instructions} /> : null}
      {tree && tree.children.length > 0 ? <AgentsPanel tree={tree} /> : null}
    </div>
  );
}
