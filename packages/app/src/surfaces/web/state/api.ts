/** @module Questions over HTTP: JSON in, typed answers or one error type out. */
import { signal } from "@preact/signals";
import type { FailureBody } from "../../http/failure.ts";

export interface ApiProblem {
  readonly column: number;
  readonly message: string;
}

/** Every failed question: what the server said, or that it could not be reached (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly ApiProblem[];
  constructor(status: number, code: string, message: string, problems: readonly ApiProblem[] = []) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

/** True once the server says that this browser is not signed in. */
export const signedOut = signal(false);

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** A list stands for a parameter that is given several times. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Address of a question under /api, parameters that are undefined or empty left out. */
export function apiPath(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === "object") for (const one of value) query.append(name, one);
    else if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return `/api/${path}${text ? `?${text}` : ""}`;
}

/** Asks; rejects with ApiError, or with the signal's AbortError. */
export async function ask<T>(path: string, parameters: Parameters = {}, abort?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(apiPath(path, parameters), abort ? { signal: abort } : {});
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "Clew does not answer. Is `clew up` still running?");
  }
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => null)) as FailureBody | null;
  if (response.status === 401) signedOut.value = true;
  const { code = "internal", message = `HTTP ${response.status}`, problems = [] } = body?.error ?? {};
  throw new ApiError(response.status, code, message, problems);
}

/** Exchanges the one-time code of the address's fragment for the cookie and takes it out of the address. */
export async function signIn(): Promise<void> {
  const code = /^#c=([\w-]{20,100})$/.exec(location.hash)?.[1];
  if (!code) return;
  history.replaceState(null, "", location.pathname + location.search);
  await fetch("/auth/exchange", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  }).catch(() => undefined);
}
