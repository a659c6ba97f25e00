/** @module Server-sent events as the values that their data holds. */
import { parseJson } from "./anthropic-message.ts";

export interface EventReader {
  readonly push: (text: string) => void;
  readonly end: () => void;
}

/** A single event that is longer is let go. */
const LONGEST_EVENT = 8 * 1024 * 1024;

/** Calls `onValue` with the parsed data of each event, however the text is cut. `[DONE]` is no value. */
export function readEvents(onValue: (value: unknown) => void): EventReader {
  let rest = "";
  let data: string[] = [];
  const dispatch = (): void => {
    const text = data.join("\n");
    data = [];
    if (text && text !== "[DONE]") onValue(parseJson(text));
  };
  const line = (text: string): void => {
    if (text === "") dispatch();
    else if (text.startsWith("data:")) data.push(text.slice(text[5] === " " ? 6 : 5));
  };
  return {
    push(text) {
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      if (rest.length > LONGEST_EVENT) rest = "";
      for (const one of lines) line(one);
    },
    end() {
      if (rest) line(rest.replace(/\r$/, ""));
      dispatch();
    },
  };
}
