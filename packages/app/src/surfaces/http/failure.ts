/** @module How the server says no: JSON with a stable code, a sentence, and for filters the columns. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

export interface FailureBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** Of a filter that is not understood. Columns count from 1. */
    readonly problems?: readonly { readonly column: number; readonly message: string }[];
  };
}

export function failure(
  c: Context,
  status: ContentfulStatusCode,
  code: string,
  message: string,
  problems?: readonly { readonly column: number; readonly message: string }[],
): Response {
  const body: FailureBody = { error: problems ? { code, message, problems } : { code, message } };
  return c.json(body, status);
}
