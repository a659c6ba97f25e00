/** @module A model's id as a record has it, to the names it may have in a price list. */

/**
 * Names to look up, the most exact first. Each step takes away one thing that does not change the price; the rules are
 * listed in docs/money.md ("Which model a name means"). Nothing is ever matched by a common beginning: an unknown
 * `claude-opus-5-9` must not get the price of `claude-opus-5`.
 */
export function modelNames(model: string): readonly string[] {
  const names = [model];
  const add = (name: string): string => {
    if (name !== "" && !names.includes(name)) names.push(name);
    return name;
  };
  let name = add(model.trim());
  // Context-window variants: claude-opus-4-8[1m]
  name = add(name.replace(/\[[^\]]*\]$/, ""));
  // Amazon: arn:aws:bedrock:eu-west-1:123:inference-profile/eu.anthropic.claude-..., foundation-model/anthropic.claude-...
  name = add(name.replace(/^arn:aws[\w-]*:bedrock:.*\//, ""));
  // Google: projects/p/locations/l/publishers/anthropic/models/claude-...
  name = add(name.replace(/^.*publishers\/anthropic\/models\//, ""));
  // Gateways: bedrock/..., vertex_ai/..., openrouter/anthropic/..., anthropic/...
  name = add(name.replace(/^(?:(?:bedrock|vertex_ai|vertex|openrouter|litellm|azure_ai)\/)*(?:anthropic\/)?/, ""));
  const bedrock = /^(?:(?:us-gov|us|eu|apac|ap|jp|au|ca|global)\.)?anthropic\./;
  if (bedrock.test(name)) {
    name = add(name.replace(bedrock, ""));
    // Amazon's own version: -v1:0
    name = add(name.replace(/-v\d{1,2}(?::\d{1,3})?$/, ""));
  }
  // Google's version: @20250514, @default
  name = add(name.replace(/@(?:\d{8}|default|latest)$/, ""));
  // Release date and moving alias: -20251101, -latest
  name = add(name.replace(/-(?:\d{8}|latest)$/, ""));
  if (name.startsWith("claude-")) {
    // Other spellings: claude-opus-4.5, claude-4-5-sonnet, claude-opus-4-0
    name = add(name.replace(/(\d)\.(\d)/g, "$1-$2"));
    name = add(name.replace(/^claude-([4-9](?:-\d{1,2})?)-([a-z]+)$/, "claude-$2-$1"));
    name = add(name.replace(/^(claude-[a-z]+-\d{1,2})-0$/, "$1"));
  }
  return names;
}

/** Whether the name says that a cloud resold the model; its invoice may differ from the maker's list. */
export function resellerOf(model: string): string | null {
  if (/^arn:aws|(?:^|[./])anthropic\.claude|^bedrock\//.test(model)) return "Amazon Bedrock";
  if (/@(?:\d{8}|default|latest)$|publishers\/anthropic|^vertex/.test(model)) return "Google Vertex AI";
  return /^openrouter\//.test(model) ? "OpenRouter" : null;
}
