/** @module A tool call and a tool's result, each in the form that suits the tool. */
import type { Block, PatchHunk, TimelineToolCall } from "../../http/answers.ts";
import { duration } from "../state/format.ts";
import { DiffView, type Edit } from "./diff-view.tsx";
import { languageOfPath } from "./highlight.ts";
import { SpawnedLinesBox } from "./spawned-lines-box.tsx";
import { TextBox } from "./text-box.tsx";

type CallBlock = Extract<Block, { kind: "tool_call" }>;
type ResultBlock = Extract<Block, { kind: "tool_result" }>;
/** Characters; longer ones get a box of their own. */
const LONG_VALUE = 160;
type Input = Readonly<Record<string, unknown>>;

export function ToolCall({ block, call }: { readonly block: CallBlock; readonly call: TimelineToolCall | undefined }) {
  const input: Input =
    typeof block.input === "object" && block.input !== null && !Array.isArray(block.input)
      ? (block.input as Input)
      : { input: block.input };
  const edits = editsOf(block.name, input);
  const path = textOf(input, "file_path") ?? textOf(input, "notebook_path") ?? textOf(input, "path");
  const status = call?.status ?? "pending";
  return (
    <div class="tool" data-status={status}>
      <p class="tool-head">
        <b>{call?.tool ?? block.name}</b>
        {call?.mcp_server ? <span class="faint">{call.mcp_server}</span> : null}
        <span class="tool-summary" title={call?.summary ?? path ?? undefined}>
          {textOf(input, "description") ?? path ?? call?.summary ?? ""}
        </span>
        <Timing call={call} />
        {status !== "ok" ? <span class="tool-status">{status}</span> : null}
      </p>
      {edits ? (
        <DiffView edits={edits} label={`${block.name} ${path ?? ""}`} />
      ) : (
        <ToolInput name={block.name} input={input} />
      )}
      {call ? <SpawnedLinesBox toolUseId={call.tool_use_id} /> : null}
    </div>
  );
}

const TIMED_BY = {
  hook: { note: "timed by hook", title: "As the client's own hook measured it" },
  client: { note: "", title: "As the client recorded it in the result" },
  telemetry: { note: "timed by telemetry", title: "As the client's own telemetry says" },
  timestamps: {
    note: "",
    title: "At most: the time between the call's record and its result's, waiting for permission included",
  },
} as const;
const TOLD = [
  ["call", "What was called"],
  ["result", "The result"],
  ["timing", "The times"],
  ["status", "How it ended"],
] as const;

/** How long it took and who says so; only an upper bound where nobody measured it. */
function Timing({ call }: { readonly call: TimelineToolCall | undefined }) {
  if (!call || call.duration_ms === null) return null;
  const by = call.duration_source ? TIMED_BY[call.duration_source] : null;
  const { sources } = call;
  const told = sources ? TOLD.flatMap(([key, what]) => (sources[key] ? [`${what}: ${sources[key]}`] : [])) : [];
  return (
    <span
      class="faint tool-time"
      data-source={call.duration_source ?? undefined}
      title={[by?.title, ...told].filter(Boolean).join("\n")}
    >
      {call.duration_source === "timestamps" ? "≤ " : ""}
      {duration(call.duration_ms)}
      {by?.note ? <small>{by.note}</small> : null}
    </span>
  );
}

function ToolInput({ name, input }: { readonly name: string; readonly input: Input }) {
  const command = textOf(input, "command");
  if (command !== null) return <TextBox text={command} language="bash" label="command" />;
  const prompt = textOf(input, "prompt");
  if (prompt !== null) return <TextBox text={prompt} label="prompt" />;
  const keys = Object.keys(input);
  // The head already names the one thing that such a call says.
  if (keys.length === 1 && ["file_path", "path", "skill"].includes(keys[0]!)) return null;
  if (keys.length === 0) return null;
  if (
    !Object.values(input).some(
      (value) => typeof value === "string" && (value.includes("\n") || value.length > LONG_VALUE),
    )
  ) {
    return <TextBox text={JSON.stringify(input, null, 2)} language="json" label={`input of ${name}`} />;
  }
  return (
    <dl class="fields">
      {keys.map((key) => (
        <Field key={key} name={key} value={input[key]} />
      ))}
    </dl>
  );
}

/** Long strings read badly with their line breaks escaped: each value stands for itself. */
function Field({ name, value }: { readonly name: string; readonly value: unknown }) {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {text.includes("\n") || text.length > LONG_VALUE ? <TextBox text={text} label={name} /> : <code>{text}</code>}
      </dd>
    </div>
  );
}

export function ToolResult({
  block,
  call,
}: {
  readonly block: ResultBlock;
  readonly call: TimelineToolCall | undefined;
}) {
  const isError = block.isError || call?.status === "failed";
  const name = call?.tool ?? "tool";
  return (
    <div class="tool result" data-status={isError ? "failed" : (call?.status ?? "ok")}>
      <p class="tool-head">
        <span class="faint">{isError ? "Error from" : "Result of"}</span>
        <b>{name}</b>
        <span class="tool-summary">{call?.summary ?? ""}</span>
        <Timing call={call} />
      </p>
      {block.patch && block.patch.length > 0 ? (
        <details class="patch">
          <summary>As the client recorded it, with line numbers</summary>
          <PatchView hunks={block.patch} label={`changes by ${name}`} />
        </details>
      ) : (
        <TextBox
          text={block.text}
          label={`result of ${name}`}
          isError={isError}
          language={isError || !call?.file_path ? null : languageOfPath(call.file_path)}
        />
      )}
      {block.truncated ? (
        <p class="faint">The record holds only a part; the full output is an event of its own.</p>
      ) : null}
      {block.images ? (
        <p class="image-stub">{block.images === 1 ? "1 image, not shown" : `${block.images} images, not shown`}</p>
      ) : null}
    </div>
  );
}

/** What the client itself recorded as changed: with line numbers, unlike the call's own texts. */
function PatchView({ hunks, label }: { readonly hunks: readonly PatchHunk[]; readonly label: string }) {
  return (
    <div class="diff">
      <pre role="group" tabIndex={0} aria-label={label}>
        {hunks.map((hunk, index) => (
          <span key={index}>
            <span class="diff-line" data-kind="gap">
              @@ line {hunk.newStart}
              {"\n"}
            </span>
            {hunk.lines.slice(0, 400).map((line, at) => (
              <span key={at} class="diff-line" data-kind={line[0] === "+" ? "in" : line[0] === "-" ? "out" : "same"}>
                <i aria-hidden="true">{line[0] === "-" ? "−" : (line[0] ?? " ")}</i>
                {line.slice(1)}
                {"\n"}
              </span>
            ))}
          </span>
        ))}
      </pre>
    </div>
  );
}

function textOf(input: Input, key: string): string | null {
  const value = Object.hasOwn(input, key) ? input[key] : undefined;
  return typeof value === "string" ? value : null;
}

function editsOf(name: string, input: Input): readonly Edit[] | null {
  if (name === "Write") {
    const content = textOf(input, "content");
    return content === null ? null : [{ before: "", after: content }];
  }
  const one = editOf(input);
  if (one) return [one];
  if (!Array.isArray(input.edits)) return null;
  const edits = input.edits.flatMap((edit: unknown) =>
    typeof edit === "object" && edit !== null ? (editOf(edit as Input) ?? []) : [],
  );
  return edits.length > 0 ? edits : null;
}

function editOf(input: Input): Edit | null {
  const [before, after] = [textOf(input, "old_string"), textOf(input, "new_string")];
  return before === null || after === null ? null : { before, after };
}
