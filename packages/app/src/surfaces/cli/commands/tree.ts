/** @module `clew tree`: a session and what it started. */
import { ClewError } from "../../../base/error.ts";
import { sessionTree, type TreeNode } from "../../../query/tree.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { count, duration, money, tokens } from "../render/formats.ts";
import { styled } from "../render/piece.ts";
import { sessionTitle, sessionTokens } from "../render/session-table.ts";
import { shortIds } from "../render/short-id.ts";
import { table } from "../render/table.ts";
import { treeLines } from "../render/tree.ts";
import { sessionIdFrom } from "../session-id.ts";

export const treeCommand: CliCommand = {
  summary: "show a session and the subagents it started, with own and inclusive cost",
  operands: "ID",
  arity: [1, 1],
  flags: { ...JSON_FLAG },
  examples: ["clew tree 7f3a"],
  async run({ context, flags, operands }) {
    const { clock, out } = context;
    const now = clock();
    const tree = await ask(context, (db) => sessionTree(db, { sessionId: sessionIdFrom(db, operands[0]!, now), now }));
    if (!tree) throw new ClewError("not_found", NOTHING_YET);
    if (flags.json) out.json(tree);
    else printTree(out, tree);
    return 0;
  },
};

function printTree(out: Parameters<CliCommand["run"]>[0]["context"]["out"], tree: TreeNode): void {
  const lines = treeLines(tree);
  const shorten = shortIds(lines.map(({ node }) => node.session.session_id));
  const columns = [
    {
      title: "SESSION",
      value: ({ branch, node }: Line) =>
        `${branch}${node.depth > 0 && node.session.agent_type ? `${node.session.agent_type}: ` : ""}${sessionTitle(node.session)}`,
      shrinkTo: 16,
    },
    {
      title: "ID",
      value: ({ node }: Line) => styled("cyan", shorten(node.session.session_id)),
      shrinkTo: 13,
      leaves: 1,
    },
    {
      title: "TIME",
      value: ({ node }: Line) => duration(node.session.duration_s === null ? null : node.session.duration_s * 1000),
      align: "right" as const,
      leaves: 3,
    },
    { title: "TOOLS", value: ({ node }: Line) => count(node.session.tool_calls), align: "right" as const, leaves: 4 },
    {
      title: "TOKENS",
      value: ({ node }: Line) => tokens(sessionTokens(node.session)),
      align: "right" as const,
      leaves: 2,
    },
    { title: "OWN", value: ({ node }: Line) => money(node.session.cost_usd), align: "right" as const },
    {
      title: "WITH AGENTS",
      value: ({ node }: Line) => money(node.session.cost_usd_inclusive),
      align: "right" as const,
    },
  ];
  for (const line of table(columns, lines, out.width)) out.line(...line);
}

type Line = ReturnType<typeof treeLines<TreeNode>>[number];
