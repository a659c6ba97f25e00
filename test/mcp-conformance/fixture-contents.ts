/** @module Prompts and resources that the conformance suite asks for by name. */
import { completable, type McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { z } from "zod";
import { PNG } from "./fixture-tools.ts";

type Content =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly data: string; readonly mimeType: string }
  | {
      readonly type: "resource";
      readonly resource: { readonly uri: string; readonly mimeType: string; readonly text: string };
    };

const said = (...contents: readonly Content[]) => ({
  messages: contents.map((content) => ({ role: "user" as const, content })),
});
const text = (words: string): Content => ({ type: "text", text: words });

export function addFixturePrompts(server: McpServer): void {
  server.registerPrompt("test_simple_prompt", { description: "A prompt." }, () =>
    said(text("This is a simple prompt for testing.")),
  );
  const word = (meaning: string) =>
    completable(z.string().describe(meaning), (begin) =>
      ["paris", "park", "test"].filter((one) => one.startsWith(begin)),
    );
  server.registerPrompt(
    "test_prompt_with_arguments",
    {
      description: "A prompt with arguments.",
      argsSchema: z.object({ arg1: word("the first"), arg2: word("the second") }),
    },
    ({ arg1, arg2 }) => said(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "A prompt with a resource.", argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) =>
      said(
        { type: "resource", resource: { uri, mimeType: "text/plain", text: "Embedded resource content for testing." } },
        text("Please process the embedded resource above."),
      ),
  );
  server.registerPrompt("test_prompt_with_image", { description: "A prompt with an image." }, () =>
    said({ type: "image", data: PNG, mimeType: "image/png" }, text("Please analyze the image above.")),
  );
}

export function addFixtureResources(server: McpServer): void {
  const one = (name: string, uri: string, mimeType: string, content: { text: string } | { blob: string }): void => {
    server.registerResource(name, uri, { description: name, mimeType }, () => ({
      contents: [{ uri, mimeType, ...content }],
    }));
  };
  one("text", "test://static-text", "text/plain", { text: "This is the content of the static text resource." });
  one("binary", "test://static-binary", "image/png", { blob: PNG });
  one("watched", "test://watched-resource", "text/plain", { text: "Nothing ever happens here." });
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined }),
    { description: "With an id.", mimeType: "application/json" },
    ({ href: uri }, { id }) => ({
      contents: [{ uri, mimeType: "application/json", text: JSON.stringify({ id, templateTest: true }) }],
    }),
  );
}
