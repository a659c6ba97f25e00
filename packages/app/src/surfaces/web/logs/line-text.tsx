/** @module All that a log line says: its whole message, and its record with every field. */
import type { Block, LogRow, TimelinePage } from "../../http/answers.ts";
import { TextBox } from "../session/text-box.tsx";
import { useAnswer } from "../state/use-answer.ts";
import { plainText } from "./foreign-text.ts";
import { UNCORRELATED } from "./hrefs.ts";

export function LineText({ line }: { readonly line: LogRow }) {
  const session = encodeURIComponent(line.session_id ?? UNCORRELATED);
  const answer = useAnswer<TimelinePage>(`sessions/${session}/timeline`, { around: line.event_id, limit: 1 });
  const blocks = answer.data?.rows.find((row) => row.event_id === line.event_id)?.blocks ?? [];
  const message = blocks.find((block) => block.kind === "notice" || block.kind === "text");
  const others = blocks.filter((block) => block !== message);
  return (
    <div class="line-text" data-testid="line-text">
      <TextBox text={plainText((message && textOf(message)) || line.message)} label="message" />
      {others.map((block, index) =>
        block.kind === "attachment" ? (
          <div key={index}>
            <h3>{block.label}</h3>
            <TextBox text={block.text} label={block.label} />
          </div>
        ) : (
          <details key={index}>
            <summary>Record as written</summary>
            <TextBox text={textOf(block)} label="record as written" />
          </details>
        ),
      )}
    </div>
  );
}

function textOf(block: Block): string {
  return block.kind === "tool_call" ? JSON.stringify(block.input, null, 2) : block.text;
}
