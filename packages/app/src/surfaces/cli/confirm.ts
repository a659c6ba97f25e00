/** @module A question to the person at the terminal that only `y` or `yes` answers with yes. */
import type { Output } from "./output.ts";

/** Whether somebody can be asked: the screen and the keyboard are a terminal's. */
export function canAsk(isInteractive: boolean): boolean {
  return isInteractive && process.stdin.isTTY === true;
}

/** Asks and waits for a line; the end of input is a no. */
export function confirm(out: Output, question: string): Promise<boolean> {
  const { stdin } = process;
  out.status(`${question} [y/N] `);
  return new Promise((resolve) => {
    const answer = (text: string): void => {
      stdin.off("data", onData);
      stdin.off("end", onEnd);
      // A terminal that is only paused would keep the process alive.
      stdin.destroy();
      resolve(/^\s*y(?:es)?\s*$/iu.test(text));
    };
    const onData = (bytes: Buffer): void => answer(bytes.toString("utf8"));
    const onEnd = (): void => answer("");
    stdin.on("data", onData);
    stdin.on("end", onEnd);
  });
}
