/** @module Compactions, instruction files and tasks: what a session has or touched, as hooks tell it. */
import type { Fact } from "../../../model/record.ts";
import { clipText } from "../../claude/clean-text.ts";
import { type JsonObject, shortString } from "../../claude/json.ts";
import { hasTranscript } from "../hook-text.ts";
import { type HookScope, pushActivity } from "../scope.ts";

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * The transcript tells the compaction itself, and a second word on it would be a second one. One that the user asked for
 * leaves the session idle; one on the way leaves it at work.
 */
export function readPostCompact(body: JsonObject, scope: HookScope, facts: Fact[]): void {
  if (body.trigger === "manual") pushActivity(scope, "idle", "compact", facts);
  else pushActivity(scope, "working", null, facts);
  if (hasTranscript(body)) return;
  const detail = { trigger: shortString(body.trigger, 32) ?? null };
  facts.push({ kind: "detail", detailKind: "compaction", key: scope.eventId, detail });
}

export function readInstructionsLoaded(body: JsonObject, { header }: HookScope, facts: Fact[]): void {
  const key = shortString(body.file_path, 4096);
  if (!key) return;
  const detail = {
    sha256: header.sha256 && SHA256.test(header.sha256) ? header.sha256 : null,
    memory_type: shortString(body.memory_type, 64) ?? null,
    load_reason: shortString(body.load_reason, 64) ?? null,
  };
  facts.push({ kind: "detail", detailKind: "instruction", key, detail });
}

export function readTaskCreated(body: JsonObject, _: HookScope, facts: Fact[]): void {
  const id = shortString(body.task_id, 64);
  if (!id || typeof body.task_subject !== "string") return;
  const detail = { subject: clipText(body.task_subject, 500) };
  facts.push({ kind: "detail", detailKind: "todo", key: `task:${id}`, detail });
}

export function readTaskCompleted(body: JsonObject, _: HookScope, facts: Fact[]): void {
  const id = shortString(body.task_id, 64);
  if (id) facts.push({ kind: "detail", detailKind: "todo", key: `task:${id}:status`, detail: { status: "completed" } });
}
