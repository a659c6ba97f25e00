/** @module Runs a command with its streams passed through as they are, and its signals passed on. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { OutputStream } from "./line-recorder.ts";
import { makePipes, type RealPipe } from "./real-pipe.ts";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Streams that are read on their way; the others are the command's own, e.g. a terminal. */
  readonly read: ReadonlySet<OutputStream>;
  readonly onOutput: (stream: OutputStream, chunk: Buffer) => void;
}

export interface ChildResult {
  /** As a shell says it: 128 and the signal's number, 127 not found, 126 not to be run. */
  readonly exitCode: number;
  readonly signal: string | null;
  /** Why it did not even begin; null: it did. */
  readonly failure: string | null;
}

const STREAMS: readonly OutputStream[] = ["stdout", "stderr"];
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves when the command has ended and everything it wrote has been handed on. Never rejects. */
export async function runChild(options: ChildOptions): Promise<ChildResult> {
  const { command, args, env, read, onOutput } = options;
  const names = STREAMS.filter((name) => read.has(name));
  const pipes = makePipes(names.length);
  const pipeOf = (name: OutputStream): RealPipe | undefined => pipes?.[names.indexOf(name)];
  const stdio = (name: OutputStream): "pipe" | "inherit" | number =>
    read.has(name) ? (pipeOf(name)?.writer ?? "pipe") : "inherit";
  let child: ChildProcess;
  try {
    child = spawn(command, args, { env, stdio: ["inherit", stdio("stdout"), stdio("stderr")] });
  } catch (error) {
    for (const { reader } of pipes ?? []) reader.destroy();
    return failed(command, env.PATH, error as NodeJS.ErrnoException);
  } finally {
    // The reader's end of file comes when nobody holds the other end any more.
    for (const { writer } of pipes ?? []) closeSync(writer);
  }
  const passages = STREAMS.flatMap((name) => {
    const from = pipeOf(name)?.reader ?? child[name];
    return from ? [passThrough(from, process[name], (chunk) => onOutput(name, chunk))] : [];
  });
  let hasEnded = false;
  const forwards = FORWARDED.map((signal) => {
    const forward = (): void => {
      // What the command left running may hold its output open; then the signal is for us.
      if (hasEnded) for (const { stop } of passages) stop();
      // Ctrl-C reaches the whole foreground group: sent on once more, it would count as a second one.
      else if (signal !== "SIGINT" || !isForeground()) child.kill(signal);
    };
    process.on(signal, forward);
    return () => process.off(signal, forward);
  });
  try {
    const result = await new Promise<ChildResult>((resolve) => {
      child.once("error", (error) => {
        // A signal that could not be sent is no end.
        if (child.pid === undefined) resolve(failed(command, env.PATH, error));
      });
      child.once("exit", (code, signal) => resolve(resultOf(code, signal)));
    });
    hasEnded = true;
    if (result.failure !== null) for (const { stop } of passages) stop();
    await Promise.all(passages.map(({ done }) => done));
    return result;
  } finally {
    for (const stop of forwards) stop();
  }
}

interface Passage {
  /** Resolves when everything has been handed on, or nobody takes it any more. */
  readonly done: Promise<void>;
  readonly stop: () => void;
}

/**
 * Hands every chunk on before the next is read, so that a slow reader slows the command and nothing piles up. When the
 * reader has gone (`| head`), the command's end is closed too: its next write tells it so, as if we were not there.
 */
function passThrough(from: Readable, to: Writable, onChunk: (chunk: Buffer) => void): Passage {
  let isGone = false;
  const stop = (): void => {
    isGone = true;
    from.destroy();
  };
  // The program's own listener would end it here and now, before the end of the command is recorded.
  to.removeAllListeners("error");
  to.on("error", stop);
  from.on("error", stop);
  const done = new Promise<void>((resolve) => {
    from.on("data", (chunk: Buffer) => {
      onChunk(chunk);
      if (to.write(chunk)) return;
      from.pause();
      to.once("drain", () => from.resume());
    });
    from.once("close", () => {
      if (isGone) resolve();
      else to.write("", () => resolve());
    });
  });
  return { done, stop };
}

function resultOf(code: number | null, signal: NodeJS.Signals | null): ChildResult {
  const exitCode = signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0);
  return { exitCode, signal, failure: null };
}

function failed(command: string, path: string | undefined, error: NodeJS.ErrnoException): ChildResult {
  const isMissing = error.code === "ENOENT" || (error.code === "EACCES" && !isInPath(command, path));
  const failure = isMissing ? `${command}: command not found` : `${command} cannot be run: ${error.message}`;
  return { exitCode: isMissing ? 127 : 126, signal: null, failure };
}

/** A directory of PATH that may not be searched makes the system say "permission denied" of a command that is nowhere. */
function isInPath(command: string, path: string | undefined): boolean {
  if (command.includes("/")) return true;
  return (path ?? "").split(delimiter).some((directory) => existsSync(join(directory || ".", command)));
}

/** Whether the terminal's signals come to this process' group. */
function isForeground(): boolean {
  if (process.platform !== "linux") return process.stdin.isTTY === true;
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY === true;
  }
}
