/** @module A log line's level: the word, in the colour that it has everywhere. */
import type { LogRow } from "../../http/answers.ts";

export function LevelWord({ level }: { readonly level: LogRow["level"] }) {
  return (
    <span class="level" data-level={level}>
      {level}
    </span>
  );
}
