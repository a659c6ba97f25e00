/**
 * @module The way out of a command that shows records (transcripts, logs, what programs told) to an agent: anybody's words may
 * stand in them, so all of the text stands in one fence. An answer for programs is what it always is.
 */
import { FENCE_MEANING, openFence } from "../../../base/fence.ts";
import type { Output } from "../output.ts";
import { textOf } from "./piece.ts";

export interface FencedOutput extends Output {
  /** Closes the fence; to be called when the command has ended, however it did. */
  readonly end: () => void;
}

/** `onForeign` is told once: before anything is shown, if `isAlways`, else when the command says so. */
export function fencedOutput(out: Output, onForeign: () => void, isAlways: boolean): FencedOutput {
  const { begin, lines, end } = openFence({ author: "session", trust: "record" });
  let isOpen = false;
  let isTold = false;
  const tell = (): void => {
    if (!isTold) onForeign();
    isTold = true;
  };
  const put = (text: string): void => {
    if (isAlways) tell();
    if (!isOpen) out.text(`${FENCE_MEANING}\n${begin}`);
    isOpen = true;
    out.text(lines(text));
  };
  return {
    ...out,
    plain: out,
    onForeign: tell,
    line: (...pieces) => put(pieces.map(textOf).join("").replace(/ +$/u, "")),
    text(text, indent = 0) {
      const margin = " ".repeat(indent);
      put(
        text
          .replace(/\n+$/u, "")
          .split("\n")
          .map((line) => margin + line)
          .join("\n"),
      );
    },
    json(value) {
      if (isAlways) tell();
      out.json(value);
    },
    record(value) {
      if (isAlways) tell();
      out.record(value);
    },
    end() {
      if (isOpen) out.text(end);
      isOpen = false;
    },
  };
}
