/** @module What an event's record says to a reader, as blocks that every surface renders in its own way. All of it is foreign text. */

export type PresentRole = "user" | "assistant" | "tool" | "system";

/** One hunk of a unified diff; each line starts with "+", "-" or a space. */
export interface PatchHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

export type Block =
  /** Markdown. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "thinking"; readonly text: string }
  | {
      readonly kind: "tool_call";
      /** Null: the block has no id that anything could join. */
      readonly toolUseId: string | null;
      readonly name: string;
      /** A JSON value; what nests deeper than 32 is "…". */
      readonly input: unknown;
    }
  | {
      readonly kind: "tool_result";
      readonly toolUseId: string | null;
      readonly text: string;
      readonly isError: boolean;
      /** The record holds a part only; the rest is a tool-output event of the same session. */
      readonly truncated?: boolean;
      /** What an edit changed. */
      readonly patch?: readonly PatchHunk[];
      /** How many pictures the result holds; they are not shown. */
      readonly images?: number;
    }
  /** Something put beside the conversation: a file, a hook's output, memory. */
  | { readonly kind: "attachment"; readonly label: string; readonly text: string }
  /** Something that happened: a command, an interruption, a compaction, the end of a turn. */
  | { readonly kind: "notice"; readonly label: string; readonly text: string }
  /** A record that nothing else understands, as it stands. */
  | { readonly kind: "raw"; readonly text: string };

export interface PresentedEvent {
  /** Searchable text: equal to ParsedRecord.text of the same bytes. */
  readonly text: string;
  readonly role: PresentRole;
  readonly blocks: readonly Block[];
}
