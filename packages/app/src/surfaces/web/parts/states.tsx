/** @module What a page shows instead of data: nothing yet, nothing found, something failed. */
import type { ComponentChildren } from "preact";
import type { ApiError } from "../state/api.ts";

export function Failure({ error, retry }: { readonly error: ApiError; retry(): void }) {
  return (
    <div class="state" role="alert">
      <h2>{error.status === 0 ? "Clew does not answer" : "This could not be loaded"}</h2>
      <p>{error.message}</p>
      <button type="button" class="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Loading({ rows = 8 }: { readonly rows?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} />
      ))}
    </div>
  );
}
