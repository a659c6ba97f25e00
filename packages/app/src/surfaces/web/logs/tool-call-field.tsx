/** @module The tool call under which a line was written, as a link to its record. */
import { Link } from "wouter-preact";
import type { FoundId } from "../../http/answers.ts";
import { useAnswer } from "../state/use-answer.ts";
import { Field } from "./field.tsx";
import { firstLine } from "./foreign-text.ts";
import { recordHref } from "./hrefs.ts";

export function ToolCallField({ toolUseId }: { readonly toolUseId: string }) {
  const { data } = useAnswer<FindAnswer>(`find/${encodeURIComponent(toolUseId)}`);
  const found = data?.rows.find((one) => one.kind === "tool_call");
  return (
    <Field name="Ran under">
      {found?.session_id && found.event_id ? (
        <Link href={recordHref(found.session_id, found.event_id)} title={toolUseId} data-testid="line-tool-call">
          {firstLine(found.text) || toolUseId}
        </Link>
      ) : (
        <span class="mono">{toolUseId}</span>
      )}
    </Field>
  );
}

interface FindAnswer {
  readonly rows: readonly FoundId[];
}
