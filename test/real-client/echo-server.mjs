/** @module A small MCP server on standard input and output: one tool that answers, one that fails. */
import { createInterface } from "node:readline";

const tool = (name, description) => ({ name, description, inputSchema: { type: "object", properties: {} } });

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "echo", version: "1" },
  }),
  "tools/list": () => ({ tools: [tool("say", "Answers."), tool("fail", "Fails.")] }),
  "tools/call": ({ name }) =>
    name === "say"
      ? { content: [{ type: "text", text: "hello" }] }
      : { content: [{ type: "text", text: "it went wrong" }], isError: true },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  const answer = answers[method];
  if (id === undefined) continue;
  const reply = answer ? { result: answer(params ?? {}) } : { error: { code: -32601, message: "unknown method" } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...reply })}\n`);
}
