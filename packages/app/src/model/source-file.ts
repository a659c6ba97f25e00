/** @module One file of an agent's own storage, described before it is read. */

export interface SourceFile {
  /** Absolute path. */
  readonly path: string;
  readonly agent: "claude-code";
  /**
   * transcript: a session's .jsonl. subagent: an agent's .jsonl. meta: an agent's .meta.json.
   * tool-output: a large tool output beside the transcript.
   */
  readonly kind: "transcript" | "subagent" | "meta" | "tool-output";
  /** Session that the file's records belong to: the file's name, or `<root>.<agent id>` for a subagent. */
  readonly sessionId: string;
  /** The main session; equal to `sessionId` for a transcript. */
  readonly rootSessionId: string;
  readonly agentId: string | null;
  readonly size: number;
  readonly mtimeMs: number;
  readonly device: string;
  readonly inode: string;
}
