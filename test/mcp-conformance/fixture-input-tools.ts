/** @module Tools and a prompt that the conformance suite calls by name and that ask the client for something. */
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ElicitInputParams,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";

const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });
const form = (message: string, properties: object, required: readonly string[] = Object.keys(properties)) =>
  ({ mode: "form", message, requestedSchema: { type: "object", properties, required } }) as ElicitInputParams;
const ask = (message: string, name: string, type = "string") =>
  inputRequired.elicit(form(message, { [name]: { type } }));
const sample = (question: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens,
  });

/** What the revisions up to 2025-11-25 ask while a call runs, on the stream of that call. */
export function addAskingTools(mcp: McpServer): void {
  const { server } = mcp;
  const elicit = async (params: ElicitInputParams, { mcpReq }: ServerContext) => {
    const { action, content } = await server.elicitInput(params as never, { relatedRequestId: mcpReq.id });
    return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
  };
  mcp.registerTool(
    "test_sampling",
    { description: "Asks the client's model.", inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const params = {
        messages: [{ role: "user" as const, content: { type: "text" as const, text: prompt } }],
        maxTokens: 100,
      };
      const { content } = await server.createMessage(params, { relatedRequestId: mcpReq.id });
      return text(`LLM response: ${JSON.stringify(content)}`);
    },
  );
  mcp.registerTool(
    "test_elicitation",
    { description: "Asks the user.", inputSchema: z.object({ message: z.string() }) },
    ({ message }, context) =>
      elicit(
        form(message, {
          username: { type: "string", description: "User's response" },
          email: { type: "string", description: "User's email address" },
        }),
        context,
      ),
  );
  mcp.registerTool("test_elicitation_sep1034_defaults", { description: "Asks, with defaults." }, (context) =>
    elicit(form("Check these.", WITH_DEFAULTS, []), context),
  );
  mcp.registerTool("test_elicitation_sep1330_enums", { description: "Asks, with choices." }, (context) =>
    elicit(form("Choose.", WITH_CHOICES, []), context),
  );
}

const WITH_DEFAULTS = {
  name: { type: "string", default: "John Doe" },
  age: { type: "integer", default: 30 },
  score: { type: "number", default: 95.5 },
  status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", default: true },
};
const TITLED = [
  { const: "value1", title: "First" },
  { const: "value2", title: "Second" },
  { const: "value3", title: "Third" },
];
const WITH_CHOICES = {
  untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
  titledSingle: { type: "string", oneOf: TITLED },
  legacyEnum: { type: "string", enum: ["opt1", "opt2", "opt3"], enumNames: ["One", "Two", "Three"] },
  untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
  titledMulti: { type: "array", items: { anyOf: TITLED } },
};

/** What revision 2026-07-28 answers instead: what is needed, for the call to be made again with it. */
export function addInputRequiredTools(mcp: McpServer, states: RequestStateCodec<{ readonly round: number }>): void {
  const tool = (name: string, run: (context: ServerContext) => unknown): void => {
    mcp.registerTool(name, { description: "Needs something of the client." }, run as never);
  };
  tool("test_input_required_result_elicitation", ({ mcpReq: { inputResponses } }) => {
    const given = acceptedContent<{ name?: unknown }>(inputResponses, "user_name");
    return typeof given?.name === "string"
      ? text(`Hello, ${given.name}!`)
      : inputRequired({ inputRequests: { user_name: ask("What is your name?", "name") } });
  });
  tool("test_streaming_elicitation", ({ mcpReq: { inputResponses } }) =>
    acceptedContent(inputResponses, "user_name")
      ? text("Thank you.")
      : inputRequired({ inputRequests: { user_name: ask("What is your name?", "name") } }),
  );
  tool("test_input_required_result_sampling", ({ mcpReq: { inputResponses } }) => {
    const given = inputResponse(inputResponses, "capital_question");
    return given.kind === "sampling"
      ? text(JSON.stringify(given.result.content))
      : inputRequired({ inputRequests: { capital_question: sample("What is the capital of France?", 100) } });
  });
  tool("test_missing_capability", () =>
    inputRequired({ inputRequests: { question: sample("Only a client with sampling is asked this.", 10) } }),
  );
  tool("test_input_required_result_list_roots", ({ mcpReq: { inputResponses } }) => {
    const given = inputResponse(inputResponses, "client_roots");
    return given.kind === "roots"
      ? text(given.roots.map(({ uri }) => uri).join(" "))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  tool("test_input_required_result_multiple_inputs", async ({ mcpReq: { inputResponses } }) => {
    const given = ["user_name", "greeting", "client_roots"].map((key) => inputResponse(inputResponses, key).kind);
    return given.join() === "elicit,sampling,roots"
      ? text("All there.")
      : inputRequired({
          inputRequests: {
            user_name: ask("What is your name?", "name"),
            greeting: sample("Generate a greeting", 50),
            client_roots: inputRequired.listRoots(),
          },
          requestState: await states.mint({ round: 1 }),
        });
  });
  tool("test_input_required_result_capabilities", ({ mcpReq: { envelope } }) => {
    const { sampling, elicitation } =
      (envelope as { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined)?.[
        CLIENT_CAPABILITIES_META_KEY
      ] ?? {};
    return inputRequired({
      inputRequests: {
        ...(sampling && { question: sample("Say something.", 10) }),
        ...(elicitation && { answer: ask("Say something.", "words") }),
      },
    });
  });
  addStatefulTools(tool, states);
  mcp.registerPrompt("test_input_required_result_prompt", { description: "Needs a context." }, ({ mcpReq }) => {
    const given = acceptedContent<{ context?: unknown }>(mcpReq.inputResponses, "user_context");
    if (!given) return inputRequired({ inputRequests: { user_context: ask("Which context?", "context") } }) as never;
    return { messages: [{ role: "user", content: { type: "text", text: `Context: ${String(given.context)}` } }] };
  });
}

/** Those whose state goes to the client and comes back, sealed. */
function addStatefulTools(
  tool: (name: string, run: (context: ServerContext) => unknown) => void,
  states: RequestStateCodec<{ readonly round: number }>,
): void {
  const roundOf = ({ mcpReq }: ServerContext): number => mcpReq.requestState<{ round: number }>()?.round ?? 0;
  for (const name of ["test_input_required_result_request_state", "test_input_required_result_tampered_state"])
    tool(name, async (context) =>
      roundOf(context) === 1 && acceptedContent(context.mcpReq.inputResponses, "confirm")
        ? text("state-ok")
        : inputRequired({
            inputRequests: { confirm: ask("Please confirm", "ok", "boolean") },
            requestState: await states.mint({ round: 1 }),
          }),
    );
  tool("test_input_required_result_multi_round", async (context) => {
    const round = roundOf(context);
    if (round === 2 && acceptedContent(context.mcpReq.inputResponses, "step2")) return text("Both there.");
    const isSecond = round >= 1 && acceptedContent(context.mcpReq.inputResponses, "step1") !== undefined;
    return inputRequired({
      inputRequests: isSecond
        ? { step2: ask("Step 2: What is your favorite color?", "color") }
        : { step1: ask("Step 1: What is your name?", "name") },
      requestState: await states.mint({ round: isSecond ? 2 : 1 }),
    });
  });
}
