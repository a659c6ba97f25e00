/** @module What a command is: citty's definition, with our context as its data. */
import type { ArgsDef, CommandDef, ParsedArgs } from "citty";
import type { CliContext } from "./context.ts";

export interface CliCommand {
  readonly summary: string;
  /** Its positional arguments as help shows them, e.g. "[FILTER…]"; "" takes none. */
  readonly operands: string;
  /** Fewest and most positional arguments. */
  readonly arity: readonly [number, number];
  readonly flags: ArgsDef;
  readonly examples: readonly string[];
  /** Resolves to the exit code. */
  readonly run: (invocation: Invocation) => Promise<number> | number;
}

export interface Invocation {
  readonly context: CliContext;
  readonly flags: ParsedArgs;
  readonly operands: readonly string[];
}

/** A command as citty runs it. */
export function cittyCommand(command: CliCommand, operands: readonly string[]): CommandDef<ArgsDef> {
  return {
    args: command.flags,
    run: ({ args, data }) => command.run({ context: data as CliContext, flags: args, operands }),
  };
}

export const JSON_FLAG = {
  json: { type: "boolean", description: "print JSON (docs/cli-json.md)" },
} as const satisfies ArgsDef;

/** A flag's text, or undefined when it was not given. */
export function textFlag(flags: ParsedArgs, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}
