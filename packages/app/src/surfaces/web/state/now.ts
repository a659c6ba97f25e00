/** @module The present moment, once a second, for whatever says how long something has lasted. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const TICK_MS = 1_000;
const now = signal(Date.now());
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Milliseconds UTC; the component is drawn again each second while it is shown. One timer for all of them. */
export function useNow(): number {
  useEffect(() => {
    if (users++ === 0) {
      now.value = Date.now();
      timer = setInterval(() => {
        now.value = Date.now();
      }, TICK_MS);
    }
    return () => {
      if (--users === 0) clearInterval(timer);
    };
  }, []);
  return now.value;
}
