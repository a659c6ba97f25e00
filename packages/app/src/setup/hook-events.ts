/** @module The hook events that Clew registers with Claude Code: the one list of them. */

/**
 * Every event of client 2.1.329 except WorktreeCreate: a hook there replaces the client's own `git worktree add`, and an
 * observer must replace nothing. A client ignores names that it does not know, so the list may run ahead of it. The
 * plugin's hooks.json has the same names.
 */
export const RECORDED_HOOK_EVENTS = [
  "SessionStart",
  "SessionEnd",
  "Setup",
  "UserPromptSubmit",
  "UserPromptExpansion",
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PostToolBatch",
  "PermissionRequest",
  "PermissionDenied",
  "Notification",
  "Stop",
  "StopFailure",
  "SubagentStart",
  "SubagentStop",
  "PreCompact",
  "PostCompact",
  "PreModelSwitch",
  "PostModelSwitch",
  "TeammateIdle",
  "TaskCreated",
  "TaskCompleted",
  "Elicitation",
  "ElicitationResult",
  "ConfigChange",
  "WorktreeRemove",
  "InstructionsLoaded",
  "CwdChanged",
  "FileChanged",
  "DirectoryAdded",
  "MessageDisplay",
] as const;

export type RecordedHookEvent = (typeof RECORDED_HOOK_EVENTS)[number];
