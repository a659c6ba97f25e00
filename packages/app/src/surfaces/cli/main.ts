/** @module The command line: finds the command, gives it its context, turns errors into messages and exit codes. */

import type { Clock } from "../../base/clock.ts";
import { ClewError, exitCodeOf } from "../../base/error.ts";
import { errorForAgents } from "../../base/foreign-words-error.ts";
import type { Environment } from "../../base/paths.ts";
import { closestOf } from "../../query/filter/closest.ts";
import { LOCAL_TIME_ZONE } from "../../query/filter/time-zone.ts";
import { agentOutput, showsRecords } from "./agent-output.ts";
import { splitArguments } from "./arguments.ts";
import { cittyCommand } from "./command.ts";
import { COMMANDS, type CommandName, isCommandName } from "./commands.ts";
import { createOutput, type Output, type Sink, wantsColor, widthOf } from "./output.ts";

export interface MainOptions {
  readonly words: readonly string[];
  readonly env: Environment;
  readonly clock: Clock;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly version: string;
  readonly stopped: Promise<void>;
  readonly isInteractive: boolean;
  /** Default: the machine's. */
  readonly timeZone?: string;
}

/** Runs one command line; resolves to the exit code, never rejects. */
export async function main(options: MainOptions): Promise<0 | 1 | 2 | 3> {
  const { words, env, stdout, stderr } = options;
  const out = createOutput(stdout, { color: wantsColor(stdout, env), width: widthOf(stdout, env) });
  const err = createOutput(stderr, { color: wantsColor(stderr, env), width: widthOf(stderr, env) });
  try {
    const [first, ...rest] = words;
    if (first === "--version" || first === "-V" || first === "version") {
      out.line(options.version);
      return 0;
    }
    if (first === undefined || first === "help" || first === "--help" || first === "-h") {
      const { printHelp, printCommandHelp } = await import("./help.ts");
      const about = rest[0];
      if (about === undefined) printHelp(out, options.version);
      else await printCommandHelp(out, await known(about));
      return 0;
    }
    return await runNamed(await known(first), rest, options, out, err);
  } catch (error) {
    report(error, err, env);
    return exitCodeOf(error);
  }
}

async function known(name: string): Promise<CommandName> {
  if (isCommandName(name)) return name;
  const near = closestOf(name, Object.keys(COMMANDS));
  const what = name.startsWith("-") ? "flag" : "command";
  throw new ClewError(
    "usage",
    `unknown ${what} ${name}: ${near ? `did you mean \`clew ${near}\`?` : "see `clew --help`"}`,
  );
}

async function runNamed(
  name: CommandName,
  words: readonly string[],
  options: MainOptions,
  out: Output,
  err: Output,
): Promise<0 | 1 | 2 | 3> {
  const command = await COMMANDS[name].load();
  const { flags, operands, help } = splitArguments(words, command.flags, name);
  if (help) {
    const { printCommandHelp } = await import("./help.ts");
    await printCommandHelp(out, name);
    return 0;
  }
  const [fewest, most] = command.arity;
  if (operands.length < fewest)
    throw new ClewError("usage", `clew ${name} needs ${command.operands}: see \`clew ${name} --help\``);
  if (operands.length > most)
    throw new ClewError(
      "usage",
      `clew ${name} takes ${most === 0 ? "no words" : `at most ${most}`}, found ${operands[most]}`,
    );
  const { env, clock, stopped, isInteractive } = options;
  const timeZone = options.timeZone ?? LOCAL_TIME_ZONE;
  const { runCommand } = await import("citty");
  const fenced = showsRecords(name, words, operands) ? await agentOutput(name, env, clock, { out, err }) : null;
  const data = { env, clock, timeZone, stopped, isInteractive, ...(fenced ?? { out, err }) };
  const ran = runCommand(cittyCommand(command, operands), { rawArgs: [...flags], data });
  const told = ran.catch((error: unknown) => Promise.reject(fenced ? errorForAgents(error) : error));
  const { result } = await told.finally(() => fenced?.end());
  return result as 0 | 1 | 2 | 3;
}

function report(error: unknown, err: Output, env: Environment): void {
  const message = error instanceof Error ? error.message : String(error);
  const [first = "", ...more] = message.split("\n");
  err.line({ text: "clew:", style: "red" }, ` ${first}`);
  if (more.length > 0) err.text(more.join("\n"));
  // An error without a code is a mistake of ours: its trace helps whoever reports it.
  if (!(error instanceof ClewError) && env.CLEW_DEBUG && error instanceof Error && error.stack) err.text(error.stack);
}
