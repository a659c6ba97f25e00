/** @module Addresses of models' APIs, and how what they answer is read. */
import { anthropicAssembler, anthropicOutcome } from "./anthropic-message.ts";
import { geminiAssembler, geminiOutcome } from "./gemini-response.ts";
import type { InteractionOutcome } from "./interaction.ts";
import { completionAssembler, completionOutcome, responseAssembler, responseOutcome } from "./openai-response.ts";
import type { StreamAssembler } from "./stream-assembler.ts";

export interface Endpoint {
  readonly provider: string;
  readonly matches: (url: URL) => boolean;
  readonly outcome: (answer: unknown) => InteractionOutcome;
  readonly assembler: () => StreamAssembler;
}

/** Gateways and local servers copy these paths, so that the host decides only the name. */
function provider(url: URL, known: Readonly<Record<string, string>>, otherwise: string): string {
  return known[url.hostname] ?? (url.hostname.endsWith(".openai.azure.com") ? "azure" : otherwise);
}

const HOSTS: Readonly<Record<string, string>> = {
  "api.anthropic.com": "anthropic",
  "api.openai.com": "openai",
  "generativelanguage.googleapis.com": "gemini",
  "openrouter.ai": "openrouter",
  "api.groq.com": "groq",
  "api.mistral.ai": "mistral",
  "api.deepseek.com": "deepseek",
  "api.x.ai": "xai",
};

const byPath = (
  pattern: RegExp,
  name: string,
  outcome: Endpoint["outcome"],
  assembler: Endpoint["assembler"],
): Endpoint => ({ provider: name, matches: (url) => pattern.test(url.pathname), outcome, assembler });

/** Tried in order. */
export const ENDPOINTS: readonly Endpoint[] = [
  byPath(/\/v1\/messages$/, "anthropic", anthropicOutcome, anthropicAssembler),
  byPath(/\/chat\/completions$/, "openai", completionOutcome, completionAssembler),
  byPath(/\/v1\/responses$/, "openai", responseOutcome, responseAssembler),
  byPath(/:(?:generateContent|streamGenerateContent)$/, "gemini", geminiOutcome, geminiAssembler),
];

/** Null for an address that is none of a model. */
export function endpointOf(address: string, endpoints: readonly Endpoint[] = ENDPOINTS): Endpoint | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const found = endpoints.find(({ matches }) => matches(url));
  if (!found) return null;
  return endpoints === ENDPOINTS ? { ...found, provider: provider(url, HOSTS, found.provider) } : found;
}
