/** @module Tools that the conformance suite calls by name and that answer at once. */
import { setTimeout as delay } from "node:timers/promises";
import { fromJsonSchema, type McpServer, type ServerEventBus } from "@modelcontextprotocol/server";
import { z } from "zod";
import { addTool, type Frame } from "../../packages/app/src/surfaces/mcp/server.ts";
import { readTool, refusal } from "../../packages/app/src/surfaces/mcp/tool.ts";

/** A red dot. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/** No sound, 44 bytes of header. */
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
const BETWEEN_MS = 50;

/** These pass through everything that stands around Clew's own tools. */
const PLAIN = [
  readTool({
    name: "test_simple_text",
    title: "Text",
    description: "Answers with a text.",
    input: {},
    output: {},
    run: () => ({ summary: "This is a simple text response for testing." }),
  }),
  readTool({
    name: "test_error_handling",
    title: "Failure",
    description: "Fails each time.",
    input: {},
    output: {},
    run: () => {
      throw refusal("usage", "This tool intentionally returns an error for testing");
    },
  }),
];

const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });
const image = { type: "image" as const, data: PNG, mimeType: "image/png" };
const embedded = (uri: string, mimeType: string, said: string) => ({
  type: "resource" as const,
  resource: { uri, mimeType, text: said },
});

/** `bus`: where it is published that a list has changed. */
export function addFixtureTools(server: McpServer, frame: Frame, bus: ServerEventBus): void {
  for (const tool of PLAIN) addTool(server, tool, frame);
  addContentTools(server);
  addTellingTools(server, bus);
  addSchemaTools(server);
}

function addContentTools(server: McpServer): void {
  server.registerTool("test_image_content", { description: "An image." }, () => ({ content: [image] }));
  server.registerTool("test_audio_content", { description: "A sound." }, () => ({
    content: [{ type: "audio" as const, data: WAV, mimeType: "audio/wav" }],
  }));
  server.registerTool("test_embedded_resource", { description: "A resource." }, () => ({
    content: [embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
  }));
  server.registerTool("test_multiple_content_types", { description: "Several kinds of content." }, () => ({
    content: [
      { type: "text" as const, text: "Multiple content types test:" },
      image,
      embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
    ],
  }));
}

/** Tools that say something before they answer. */
function addTellingTools(server: McpServer, bus: ServerEventBus): void {
  server.registerTool("test_tool_with_logging", { description: "Logs three lines." }, async ({ mcpReq }) => {
    for (const line of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
      await mcpReq.log("info", line);
      await delay(BETWEEN_MS);
    }
    return text("Logged.");
  });
  server.registerTool("test_logging_tool", { description: "Logs a line." }, async ({ mcpReq }) => {
    await mcpReq.log("info", "A line");
    return text("Logged.");
  });
  server.registerTool("test_tool_with_progress", { description: "Tells how far it is." }, async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined)
        await mcpReq.notify({
          method: "notifications/progress",
          params: { progressToken, progress, total: 100 },
        });
      await delay(BETWEEN_MS);
    }
    return text("Done.");
  });
  server.registerTool("test_reconnection", { description: "Lets go of its stream first." }, async ({ http }) => {
    http?.closeSSE?.();
    await delay(BETWEEN_MS);
    return text("Done.");
  });
  server.registerTool("test_trigger_tool_change", { description: "Says that the tools changed." }, () => {
    bus.publish({ kind: "tools_list_changed" });
    return text("Told.");
  });
  server.registerTool("test_trigger_prompt_change", { description: "Says that the prompts changed." }, () => {
    bus.publish({ kind: "prompts_list_changed" });
    return text("Told.");
  });
}

/** Everything that a schema of a tool may say since 2025-11-25. */
const EVERY_KEYWORD = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, in a plain object that nobody awaits.
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};
/** An argument that is repeated in a header of the request. */
const WITH_HEADER = {
  type: "object",
  properties: { region: { type: "string", "x-mcp-header": "Region" } },
  required: ["region"],
};

function addSchemaTools(server: McpServer): void {
  const schema = (keywords: object) => fromJsonSchema<Record<string, unknown>>(keywords as never);
  server.registerTool(
    "json_schema_2020_12_tool",
    { description: "Tool with JSON Schema 2020-12 features", inputSchema: schema(EVERY_KEYWORD) },
    () => text("Valid."),
  );
  server.registerTool(
    "test_header_argument",
    { description: "An argument with a header.", inputSchema: schema(WITH_HEADER) },
    ({ region }) => text(`In ${z.string().parse(region)}.`),
  );
}
