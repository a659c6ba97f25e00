/** @module One question of a component: asked again when its key or the data changes, old requests cancelled. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, apiPath, ask, type Parameters } from "./api.ts";
import { useRevision } from "./live.ts";

export interface Answer<T> {
  /** The newest answer, also while a newer one is under way or has failed. */
  readonly data: T | null;
  readonly error: ApiError | null;
  readonly loading: boolean;
  retry(): void;
}

export interface UseAnswerOptions {
  /** Waits this long for more typing. Milliseconds. */
  readonly delay?: number;
  /** Asks again when one of these sessions, or any session for "all", has changed. */
  readonly follow?: string | "all";
  /** Milliseconds between two questions that changes cause; default: as often as changes are told. */
  readonly every?: number;
}

/** Null as path: nothing is asked. */
export function useAnswer<T>(
  path: string | null,
  parameters: Parameters = {},
  options: UseAnswerOptions = {},
): Answer<T> {
  const [state, setState] = useState<{ data: T | null; error: ApiError | null; loading: boolean }>({
    data: null,
    error: null,
    loading: true,
  });
  const [attempt, setAttempt] = useState(0);
  const revision = useRevision(options.follow, options.every);
  const key = path === null ? null : apiPath(path, parameters);
  const lastPath = useRef(path);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    const isOther = lastPath.current !== path;
    lastPath.current = path;
    setState((old) => ({ data: isOther ? null : old.data, error: null, loading: true }));
    const timer = setTimeout(
      () =>
        ask<T>(path, parameters, abort.signal).then(
          (data) => setState({ data, error: null, loading: false }),
          (error: unknown) => {
            if (abort.signal.aborted) return;
            const failure = error instanceof ApiError ? error : new ApiError(0, "internal", String(error));
            setState((old) => ({ data: old.data, error: failure, loading: false }));
          },
        ),
      options.delay ?? 0,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, attempt, revision]);
  return { ...state, retry: () => setAttempt((count) => count + 1) };
}
