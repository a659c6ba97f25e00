/** @module How each MCP server's tools did in the session. */
import type { McpUsageRow } from "../../../http/answers.ts";
import { count, duration, plural } from "../../state/format.ts";
import { Panel, PanelTable } from "./panel.tsx";

const HEADS = ["Tool", "Server", "Calls", "Failed", "Mean", "Longest"];

export function McpPanel({ rows }: { readonly rows: readonly McpUsageRow[] }) {
  const servers = new Set(rows.map((row) => row.mcp_server)).size;
  return (
    <Panel title="MCP usage" note={plural(servers, "server")}>
      <PanelTable label="MCP tools" heads={HEADS}>
        {rows.map((row) => (
          <tr key={`${row.mcp_server}/${row.tool}`}>
            <th scope="row" title={row.tool}>
              {row.tool}
            </th>
            <td>{row.mcp_server}</td>
            <td class="strong">{count(row.calls)}</td>
            <td title="failed, denied or interrupted">
              {row.failures > 0 ? <b class="failures">{count(row.failures)}</b> : "0"}
            </td>
            <td>{duration(row.mean_ms)}</td>
            <td>{duration(row.max_ms)}</td>
          </tr>
        ))}
      </PanelTable>
    </Panel>
  );
}
