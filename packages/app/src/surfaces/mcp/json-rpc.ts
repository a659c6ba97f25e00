/** @module Answers to what is posted as JSON-RPC and is none that can be dispatched. */

export function jsonRpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status });
}

/** Several messages in one body were part of the protocol until this revision. Revisions sort as text. */
const WITHOUT_BATCHES = "2025-06-18";

/** Null: it is no batch, or the revision has them. */
export function batchRefusal(body: unknown, revision: string | undefined): Response | null {
  if (!Array.isArray(body) || revision === undefined || revision < WITHOUT_BATCHES) return null;
  return jsonRpcError(400, -32600, `Invalid Request: revision ${WITHOUT_BATCHES} removed batches`);
}
