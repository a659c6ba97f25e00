/**
 * @module The list of tools without what says nothing: each client reads it whole before its first call. The dialect of a schema is
 * the protocol's own, what else an answer may hold is no secret, and quoted words explain themselves where they stand.
 */
import type { McpServer } from "@modelcontextprotocol/server";
import { SAID_IN_ANSWERS } from "./tool.ts";
import { toolsOf } from "./tools.ts";

type Schema = Readonly<Record<string, unknown>>;
interface ListedTool {
  readonly name: string;
  readonly inputSchema: Schema;
  readonly outputSchema?: Schema;
}
interface ListedTools {
  readonly tools?: readonly ListedTool[];
}
type Handler = (request: { readonly params?: unknown }, context: unknown) => unknown;

/** Before anything is registered: what lists tools from then on leaves that away. Other tools than ours stay as they are. */
export function slimToolLists({ server }: McpServer): void {
  const ours = new Set(toolsOf("write").map(({ name }) => name));
  const register = server.setRequestHandler.bind(server) as (method: string, handler: Handler) => void;
  const slim = (method: string, handler: Handler): void =>
    register(
      method,
      method === "tools/list"
        ? async (request, context) => {
            const answer = (await handler(request, context)) as ListedTools;
            return { ...answer, tools: answer.tools?.map((tool) => (ours.has(tool.name) ? slimTool(tool) : tool)) };
          }
        : handler,
    );
  server.setRequestHandler = slim as typeof server.setRequestHandler;
}

function slimTool({ inputSchema: { $schema: _, ...inputSchema }, outputSchema, ...tool }: ListedTool): ListedTool {
  return { ...tool, inputSchema, ...(outputSchema && { outputSchema: open(outputSchema) as Schema }) };
}

/** The schema of an answer that may hold more than it names. */
function open(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(open);
  if (typeof schema !== "object" || schema === null) return schema;
  const { $schema: _, additionalProperties: __, ...rest } = schema as Schema;
  return Object.fromEntries(
    Object.entries(rest).map(([name, part]) => [name, name === "properties" ? named(part as Schema) : open(part)]),
  );
}

function named(properties: Schema): Schema {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => !SAID_IN_ANSWERS.has(name))
      .map(([name, part]) => [name, open(part)]),
  );
}
