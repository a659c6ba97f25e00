/** @module What the pages change: JSON to the server, with the header that no other site's page can send. */
import type { FailureBody } from "../../http/failure.ts";
import { ApiError, apiPath, signedOut } from "../state/api.ts";

/** It was changed meanwhile; `now` is the answer that shows how it stands. */
export class ChangedError extends ApiError {
  readonly now: unknown;
  constructor(message: string, now: unknown) {
    super(409, "changed", message);
    this.name = "ChangedError";
    this.now = now;
  }
}

/** Rejects with ApiError. */
export async function send<T>(path: string, body: Readonly<Record<string, unknown>>): Promise<T> {
  const response = await fetch(apiPath(path), {
    method: "POST",
    headers: { "content-type": "application/json", "clew-request": "1" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(0, "unreachable", "Clew does not answer. Is `clew up` still running?");
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  if (response.status === 401) signedOut.value = true;
  const { code = "internal", message = `HTTP ${response.status}` } = (answer as FailureBody | null)?.error ?? {};
  if (response.status === 409) throw new ChangedError(message, answer);
  throw new ApiError(response.status, code, message);
}
