/** @module `system` records: what the client says about the session itself. */
import type { Fact } from "../../../model/record.ts";
import { countOf, type JsonObject, objectOf, shortString } from "../json.ts";
import { nameOf } from "../name.ts";
import type { Reading, Scope } from "../scope.ts";
import { commandKey } from "../tags.ts";
import { pushStrings } from "../text.ts";

function readCompaction(record: JsonObject, scope: Scope, facts: Fact[]): Reading {
  const metadata = objectOf(record.compactMetadata);
  const detail = {
    trigger: shortString(metadata?.trigger, 32) ?? null,
    preTokens: typeof metadata?.preTokens === "number" ? countOf(metadata.preTokens) : null,
    postTokens: typeof metadata?.postTokens === "number" ? countOf(metadata.postTokens) : null,
  };
  facts.push({ kind: "detail", detailKind: "compaction", key: scope.eventId, detail });
  facts.push({ kind: "count", what: "compaction" });
  return { type: "compaction", origin: "tool" };
}

export function readSystem(record: JsonObject, scope: Scope, facts: Fact[]): Reading {
  switch (record.subtype) {
    case "turn_duration":
      facts.push({ kind: "count", what: "turn", durationMs: countOf(record.durationMs) });
      return { type: "turn.end", origin: "tool" };
    case "compact_boundary":
      return readCompaction(record, scope, facts);
    case "api_error":
      facts.push({ kind: "count", what: "api_error" });
      return { type: "api.error", origin: "tool" };
    case "local_command": {
      const key = typeof record.content === "string" ? commandKey(record.content) : undefined;
      if (key) facts.push({ kind: "detail", detailKind: "skill", key, detail: { via: "command" } });
      return { type: "system.local_command", origin: "human" };
    }
    default:
      return { type: `system.${nameOf(record.subtype)}`, origin: "tool" };
  }
}

export function pushSystemText(record: JsonObject, parts: string[]): void {
  pushStrings(record.content, parts);
  const error = objectOf(record.error);
  if (error) pushStrings(error.formatted ?? error.message, parts);
  pushStrings(record.hookErrors, parts);
  pushStrings(record.hookAdditionalContext, parts);
  pushStrings(record.stopReason, parts);
}
