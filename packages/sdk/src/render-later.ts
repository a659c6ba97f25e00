/** @module Work on lines that no caller should wait for: done in the next turn of the event loop, or at the process' exit. */
import type { LineFile } from "./line-file.ts";
import { guard } from "./problems.ts";

const waiting = new Map<() => void, LineFile>();
let isListening = false;

/** Writes all that waits, now. */
export function renderNow(): void {
  for (const render of [...waiting.keys()]) render();
}

function atExit(): void {
  const files = new Set(waiting.values());
  renderNow();
  for (const file of files) file.flushSync();
}

/** Writes `render()` to the file, soon. */
export function renderLater(file: LineFile, render: () => string): void {
  if (!isListening) process.on("exit", atExit);
  isListening = true;
  const once = (): void => {
    if (waiting.delete(once)) guard("adapter", "write a call", () => file.write(render()), undefined);
  };
  waiting.set(once, file);
  setImmediate(once);
}
