/** @module `clew run -- CMD`: a command as a session of its own, with its output as log lines. */
import type { CliCommand } from "../command.ts";
import { duration } from "../render/formats.ts";
import { dim } from "../render/piece.ts";
import type { OutputStream } from "./run/line-recorder.ts";
import type { OwnRecord } from "./session/own-record.ts";

/** Milliseconds after which a line that was printed is in the spool. */
const FLUSH_MS = 1000;
/** Lines that are stored before the command is over, when no daemon does it. */
const MOST_STORED_AT_ONCE = 500;
const MOST_WORDS = 100;
const LONGEST_WORD = 500;
const LONGEST_COMMAND = 2000;

export const runCommand: CliCommand = {
  summary: "run a command as a session of its own, inside the one around; its exit status is the command's",
  operands: "-- COMMAND [ARGUMENTS…]",
  arity: [1, Number.POSITIVE_INFINITY],
  flags: {
    name: { type: "string", description: "what the session is called; default: the command", valueHint: "TEXT" },
    tag: { type: "string", description: "a word to find it by; may be repeated", valueHint: "TAG…" },
    record: {
      type: "boolean",
      description: "record the output also when it goes to a terminal (the command sees a pipe)",
    },
    quiet: { type: "boolean", description: "say nothing of our own", alias: "q" },
    json: { type: "boolean", description: "at its end print JSON to standard error (docs/cli-json.md)" },
  },
  examples: ["clew run -- npm test", "clew run --name nightly --tag backup -- ./backup.sh --full"],
  async run({ context, flags, operands }) {
    const { env, clock, err } = context;
    const [{ surroundings }, { enclosingSession, labelsFrom }, { ownRecord }, { runChild }, lines, mask] =
      await Promise.all([
        import("./session/surroundings.ts"),
        import("./session/start.ts"),
        import("./session/own-record.ts"),
        import("./run/child-process.ts"),
        import("./run/line-recorder.ts"),
        import("./run/mask-words.ts"),
      ]);
    const labels = labelsFrom(flags);
    const [around, { processStart }, { childEnvironment }, { rootSessionOf }] = await Promise.all([
      surroundings(context),
      import("../../../registry/process.ts"),
      import("../../../registry/child-environment.ts"),
      import("../../../registry/which.ts"),
    ]);
    const { place, registry, cwd, givenIdentity } = around;
    const parent = enclosingSession(around);
    const sessionId = around.newId();
    const startedAt = clock();
    const { pid } = process;
    const started = processStart(pid);
    let problem: string | null = null;
    // Whatever goes wrong on our side, the command runs.
    const write = (records: readonly OwnRecord[], isDurable: boolean): void => {
      try {
        around.write(records, { isDurable });
      } catch (error) {
        problem ??= (error as Error).message;
      }
    };
    const record = (id: string, now: number, rest: Parameters<typeof ownRecord>[1]): OwnRecord =>
      ownRecord({ id, sessionId, workspaceId: place.workspaceId, now }, rest);
    const argv = mask.maskWords(operands.slice(0, MOST_WORDS)).map((word) => word.slice(0, LONGEST_WORD));
    const data = {
      ...(parent !== null && { parent_session_id: parent }),
      cwd,
      agent: "command",
      ...labels,
      command: mask.commandText(argv).slice(0, LONGEST_COMMAND),
      argv,
      ...(givenIdentity !== null && { identity: givenIdentity }),
      pid,
      ...(started !== null && { process_started_at: started }),
    };
    write([record(around.newId(), startedAt, { type: "session.start", data })], true);
    const unregistered = around.register({
      session_id: sessionId,
      parent_session_id: parent,
      workspace_id: place.workspaceId,
      workspace_path: place.workspacePath,
      project: place.projectName,
      identity: around.identityOf("command"),
      agent: "command",
      pid,
      process_started_at: started,
      cwd,
      started_at: new Date(startedAt).toISOString(),
      transcript_path: null,
    });
    problem ??= unregistered;

    const { CLEW_PARENT_SESSION_ID: _, ...inherited } = env;
    const childEnv = {
      ...inherited,
      ...childEnvironment({
        sessionId,
        parentSessionId: parent,
        workspaceId: place.workspaceId,
        traceSeed: rootSessionOf(sessionId, parent, registry),
        clientSessionId: env.CLAUDE_CODE_SESSION_ID ?? null,
      }),
    };
    const recorder = lines.createLineRecorder({
      clock,
      onBatch: (batch) =>
        write(
          batch.map(({ stream, line, text, at, cut }) =>
            record(`${sessionId}/${stream}/${line}`, at, {
              type: "log",
              severity: stream === "stdout" ? "info" : "warn",
              message: text,
              data: { stream, line, ...(cut > 0 && { cut_bytes: cut }) },
            }),
          ),
          false,
        ),
    });
    const streams: readonly OutputStream[] = ["stdout", "stderr"];
    const read = new Set(streams.filter((name) => flags.record === true || process[name].isTTY !== true));
    const timer = setInterval(() => recorder.flush(false), FLUSH_MS);
    const [command = "", ...args] = operands;
    const result = await runChild({ command, args, env: childEnv, read, onOutput: recorder.add });
    clearInterval(timer);
    recorder.flush(true);
    const { lines: recorded, omitted, cut } = recorder.counts();
    const endedAt = clock();
    const summary = {
      exit_code: result.exitCode,
      signal: result.signal,
      duration_ms: Math.max(0, endedAt - startedAt),
      lines: recorded,
      omitted_lines: omitted,
      cut_lines: cut,
      recorded: [...read],
    };
    const status = result.exitCode === 0 ? "completed" : "failed";
    const { signal, ...rest } = summary;
    const end = {
      status,
      ...rest,
      ...(signal !== null && { signal }),
      ...(result.failure && { result: result.failure }),
    };
    write([record(around.newId(), endedAt, { type: "session.end", data: end })], true);
    registry.remove(sessionId);
    // The shell waits for us: a flood of lines is left to whoever writes next.
    if (recorded <= MOST_STORED_AT_ONCE) await around.drain();

    if (result.failure !== null) err.line(`clew: ${result.failure}`);
    if (flags.json) err.record({ session_id: sessionId, parent_session_id: parent, status, ...summary, problem });
    else if (!flags.quiet) {
      if (problem !== null) err.line(`clew: not recorded as a whole: ${problem}`);
      else if (err.isTerminal) {
        const notes = [
          ...(read.size < streams.length
            ? ["its output went to the terminal and is not recorded (--record does that)"]
            : []),
          ...(omitted > 0 ? [`${omitted} lines are beyond the limit and not recorded`] : []),
        ];
        err.line(
          dim(["clew: session", sessionId, status, "after", duration(summary.duration_ms)].join(" ")),
          ...notes.map((note) => dim(`; ${note}`)),
        );
      }
    }
    return result.exitCode;
  },
};
