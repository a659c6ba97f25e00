/** @module Installs and removes the service: its file, then the word to the system's manager. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { bytesOf, fileError, makePrivateDirectory } from "./file-error.ts";
import { type ServiceReceipt, sha256 } from "./receipt.ts";
import { writeOwnFile } from "./replace-file.ts";
import type { RunProcess } from "./run-process.ts";
import type { ServiceFile } from "./service-file.ts";

/** What there is to do: the file and the manager, the manager alone, or nothing. */
export type ServiceAction = "write" | "start" | "none";

export interface ServiceOutcome {
  readonly kind: ServiceFile["kind"];
  readonly path: string;
  readonly changed: boolean;
  /** Whether the manager was told, with success. */
  readonly started: boolean;
  /** What to do by hand, when the manager could not be told; else null. */
  readonly message: string | null;
}

export function serviceAction(file: ServiceFile, receipt: ServiceReceipt | null): ServiceAction {
  if (bytesOf(file.path)?.toString("utf8") !== file.content) return "write";
  return receipt?.path === file.path && receipt.started ? "none" : "start";
}

/** Writes the file and starts the service. A manager that fails is no error: the file stays and the outcome says what to run. */
export function startService(
  file: ServiceFile,
  action: ServiceAction,
  run: RunProcess,
  unique: string,
): ServiceOutcome {
  const { kind, path } = file;
  if (action === "none") return { kind, path, changed: false, started: true, message: null };
  const replaces = action === "write" && bytesOf(path) !== null;
  if (action === "write") {
    makePrivateDirectory(dirname(path));
    writeOwnFile(path, Buffer.from(file.content), 0o644, unique);
    // An agent that is loaded already keeps its old text; one that is not is no failure.
    if (kind === "launchd" && replaces) runAll(file.stop, run);
  }
  const commands = replaces ? [...file.start, ...file.restart] : file.start;
  const failure = runAll(commands, run);
  const message = failure && `${failure.output} The file stays; run by hand:\n${commandLines(commands)}`;
  return { kind, path, changed: true, started: failure === null, message };
}

/** Stops the service and removes its file. */
export function stopService(file: ServiceFile, run: RunProcess): ServiceOutcome {
  const { kind, path } = file;
  const failure = runAll(file.stop, run);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileError(`remove ${path}`, error);
  }
  if (kind === "systemd" && !failure) runAll([["systemctl", "--user", "daemon-reload"]], run);
  const message =
    failure && `${failure.output} The file is gone; if the service still runs:\n${commandLines(file.stop)}`;
  return { kind, path, changed: true, started: false, message };
}

export function serviceReceipt(file: ServiceFile, outcome: ServiceOutcome): ServiceReceipt {
  return { path: file.path, sha256: sha256(Buffer.from(file.content)), started: outcome.started };
}

interface Failure {
  readonly output: string;
}

function runAll(commands: readonly (readonly string[])[], run: RunProcess): Failure | null {
  for (const [program = "", ...words] of commands) {
    const { code, output } = run(program, words);
    if (code === 0) continue;
    const reason = output.split("\n")[0] || `it ended with ${code}`;
    return { output: `${[program, ...words].join(" ")} failed: ${reason.replace(/\.?$/u, ".")}` };
  }
  return null;
}

function commandLines(commands: readonly (readonly string[])[]): string {
  return commands.map((words) => `  ${words.map(shellWord).join(" ")}`).join("\n");
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
