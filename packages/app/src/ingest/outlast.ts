/**
 * @module Goes on after failures that pass by themselves, such as a full disk: begins anew, ever less often, and says once
 * what keeps it. Beginning anew matters: after a sync that failed nobody knows what a connection still believes to be safe.
 */

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** How SQLite and the system call a disk that is full, failing, read-only or out of reach, and too many open files. */
const PASSING =
  /^(E(NOSPC|DQUOT|IO|ROFS|ACCES|PERM|MFILE|NFILE|NOMEM)|SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|LOCKED|NOMEM|PERM|PROTOCOL))(_|$)/;

/** Whether an error, or what caused it, may be over later without anybody changing the program or its data. */
export function isPassing(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === "string" && PASSING.test(code)) return true;
  }
  return false;
}

export interface OutlastOptions {
  readonly signal: AbortSignal;
  /** Called once for each failure that is not a mere repetition. */
  readonly onFailure: (message: string) => void;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Runs `attempt` until it returns, again after a failure that passes. `attempt` calls `works` whenever something has
 * succeeded. Throws what fails before that was called the first time, and what does not pass.
 */
export async function outlast(
  attempt: (works: () => void) => Promise<void>,
  { signal, onFailure, pause = sleep }: OutlastOptions,
): Promise<void> {
  let hasWorked = false;
  let pauseMs = FIRST_PAUSE_MS;
  let told = "";
  const works = () => {
    hasWorked = true;
    pauseMs = FIRST_PAUSE_MS;
    told = "";
  };
  while (!signal.aborted) {
    try {
      return await attempt(works);
    } catch (error) {
      if (!hasWorked || !isPassing(error)) throw error;
      const { message } = error as Error;
      if (message !== told) onFailure(message);
      told = message;
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
