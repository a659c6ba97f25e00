/** @module The status line's one line of text, from what the client says of its session and what the daemon has prepared. */
import type { StatuslineFile } from "../../base/statusline-file.ts";

/** Older figures are marked with their age. Milliseconds. */
const STALE_MS = 2 * 60_000;

/** Parts that are not known are left out; "" when none is. `now` is milliseconds UTC. */
export function statuslineText(
  input: Readonly<Record<string, unknown>> | null,
  prepared: StatuslineFile | null,
  workspaceId: string | null,
  now: number,
): string {
  const cost = numberOf(objectOf(input?.cost)?.total_cost_usd);
  const used = numberOf(objectOf(input?.context_window)?.used_percentage);
  const parts = [
    modelOf(input),
    cost === null ? "" : dollars(cost),
    used === null ? "" : `context ${Math.round(used)}%`,
  ];
  if (prepared) parts.push(...preparedParts(prepared, workspaceId, now));
  return parts.filter(Boolean).join(" \u00b7 ");
}

function preparedParts(prepared: StatuslineFile, workspaceId: string | null, now: number): readonly string[] {
  const { today_cost_usd, waiting, unread, workspaces, updated_at } = prepared;
  const todos = numberOf(workspaceId === null ? null : objectOf(workspaces[workspaceId])?.open_todos);
  const parts = [
    today_cost_usd === null ? "" : `today ${dollars(today_cost_usd)}`,
    waiting > 0 ? `${waiting} waiting` : "",
    unread > 0 ? `${unread} unread` : "",
    todos ? `${todos} todo${todos === 1 ? "" : "s"}` : "",
  ].filter(Boolean);
  const old = now - Date.parse(updated_at);
  if (parts.length > 0 && !(old <= STALE_MS)) parts.push(`(${staleness(old)})`);
  return parts;
}

function staleness(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (!Number.isFinite(minutes)) return "of an unknown time";
  if (minutes < 60) return `${minutes} min old`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h old` : `${Math.floor(minutes / 1440)} days old`;
}

/** The name that the client shows, as plain text: it may come from a gateway. */
function modelOf(input: Readonly<Record<string, unknown>> | null): string {
  const model = objectOf(input?.model);
  const name = model?.display_name ?? model?.id;
  if (typeof name !== "string") return "";
  return name
    .slice(0, 200)
    .replace(/[^\x20-\x7e]+/g, "")
    .trim()
    .slice(0, 40);
}

function dollars(value: number): string {
  return `$${value.toFixed(value >= 100 ? 0 : 2)}`;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}
