/** @module All commands by name; each is loaded only when it is called. */
import type { CliCommand } from "./command.ts";

interface CommandEntry {
  /** One line of help; the command says the same. */
  readonly summary: string;
  readonly load: () => Promise<CliCommand>;
}

/** In the order of help. */
export const COMMANDS = {
  up: {
    summary: "index what this machine has and open the dashboard",
    load: async () => (await import("./commands/up.ts")).upCommand,
  },
  daemon: {
    summary: "keep recording and serving in the background",
    load: async () => (await import("./commands/daemon.ts")).daemonCommand,
  },
  index: {
    summary: "read what is new, with progress, then exit",
    load: async () => (await import("./commands/index.ts")).indexCommand,
  },
  sessions: { summary: "list sessions", load: async () => (await import("./commands/sessions.ts")).sessionsCommand },
  show: {
    summary: "show one session, or its transcript",
    load: async () => (await import("./commands/show.ts")).showCommand,
  },
  tree: {
    summary: "show a session and the subagents it started",
    load: async () => (await import("./commands/tree.ts")).treeCommand,
  },
  active: {
    summary: "list sessions that wait, work or idle now",
    load: async () => (await import("./commands/active.ts")).activeCommand,
  },
  search: {
    summary: "find text in everything that was said and done",
    load: async () => (await import("./commands/search.ts")).searchCommand,
  },
  cost: {
    summary: "tokens and money, by model, day, project, …",
    load: async () => (await import("./commands/cost.ts")).costCommand,
  },
  tools: {
    summary: "tool calls: how many, how long, how often they fail",
    load: async () => (await import("./commands/tools.ts")).toolsCommand,
  },
  stats: { summary: "the archive in figures", load: async () => (await import("./commands/stats.ts")).statsCommand },
  tail: {
    summary: "print events as they are indexed",
    load: async () => (await import("./commands/tail.ts")).tailCommand,
  },
  logs: {
    summary: "find log lines; say which log files are read",
    load: async () => (await import("./commands/logs.ts")).logsCommand,
  },
  run: {
    summary: "run a command as a session of its own",
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  session: {
    summary: "say which session this is, or record one from a script",
    load: async () => (await import("./commands/session.ts")).sessionCommand,
  },
  state: {
    summary: "what the project's next session starts with",
    load: async () => (await import("./commands/state.ts")).stateCommand,
  },
  context: {
    summary: "what a session is given at its start, and why",
    load: async () => (await import("./commands/context.ts")).contextCommand,
  },
  log: {
    summary: "write an entry down: a finding, a task, a decision, an issue, a note",
    load: async () => (await import("./commands/log.ts")).logCommand,
  },
  resolve: {
    summary: "change the status of one entry, and say why",
    load: async () => (await import("./commands/resolve.ts")).resolveCommand,
  },
  edit: {
    summary: "change one entry, delete it or bring it back",
    load: async () => (await import("./commands/edit.ts")).editCommand,
  },
  list: {
    summary: "list entries, the newest change first",
    load: async () => (await import("./commands/list.ts")).listCommand,
  },
  inbox: {
    summary: "what others wrote and changed since you looked last",
    load: async () => (await import("./commands/inbox.ts")).inboxCommand,
  },
  send: {
    summary: "send a message to an identity, a project, or all",
    load: async () => (await import("./commands/send.ts")).sendCommand,
  },
  messages: {
    summary: "messages to you; read, acknowledge or answer one",
    load: async () => (await import("./commands/messages.ts")).messagesCommand,
  },
  approve: {
    summary: "approve what another wrote, as it stands",
    load: async () => (await import("./commands/approve.ts")).approveCommand,
  },
  memory: {
    summary: "the agents' memory files: keep, search, bring back",
    load: async () => (await import("./commands/memory.ts")).memoryCommand,
  },
  graph: {
    summary: "what is known: entities, observations, relations",
    load: async () => (await import("./commands/graph.ts")).graphCommand,
  },
  import: {
    summary: "bring in sessions that other programs kept",
    load: async () => (await import("./commands/import.ts")).importCommand,
  },
  migrate: {
    summary: "move from a directory of session files to the store, both kept alike meanwhile",
    load: async () => (await import("./commands/migrate.ts")).migrateCommand,
  },
  mcp: {
    summary: "let an agent ask its own history, as an MCP server",
    load: async () => (await import("./commands/mcp.ts")).mcpCommand,
  },
  statusline: {
    summary: "print one line for Claude Code's status line",
    load: async () => (await import("./commands/statusline.ts")).statuslineCommand,
  },
  hook: {
    summary: "run by agents' hooks",
    load: async () => (await import("./commands/hook.ts")).hookCommand,
  },
  export: {
    summary: "send sessions as OpenTelemetry traces to a collector",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  otel: {
    summary: "let programs send their OpenTelemetry to the daemon",
    load: async () => (await import("./commands/otel.ts")).otelCommand,
  },
  sql: {
    summary: "ask the database in SQL, read-only",
    load: async () => (await import("./commands/sql.ts")).sqlCommand,
  },
  setup: {
    summary: "register Clew's hooks with Claude Code, showing the change first",
    load: async () => (await import("./commands/setup.ts")).setupCommand,
  },
  unsetup: {
    summary: "take the hooks and the service away again",
    load: async () => (await import("./commands/unsetup.ts")).unsetupCommand,
  },
  doctor: {
    summary: "check the archive and show what could not be read",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  rebuild: {
    summary: "derive every table again from the event log",
    load: async () => (await import("./commands/rebuild.ts")).rebuildCommand,
  },
  completion: {
    summary: "print completions for bash, zsh or fish",
    load: async () => (await import("./commands/completion.ts")).completionCommand,
  },
} as const satisfies Readonly<Record<string, CommandEntry>>;

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
