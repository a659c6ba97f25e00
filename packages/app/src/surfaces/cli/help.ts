/** @module Help texts, from the commands' own definitions. */
import type { ArgsDef } from "citty";
import { COMMANDS, type CommandName } from "./commands.ts";
import type { Output } from "./output.ts";
import { bold, dim } from "./render/piece.ts";

export function printHelp(out: Output, version: string): void {
  out.line(bold("clew"), ` ${version}: the thread of every AI-agent session`);
  out.line("");
  for (const [name, { summary }] of Object.entries(COMMANDS)) out.line("  ", bold(name.padEnd(12)), summary);
  out.line("");
  out.line(dim("clew COMMAND --help says more. Every command takes --json."));
  out.line(dim("Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 another process is writing."));
}

export async function printCommandHelp(out: Output, name: CommandName): Promise<void> {
  const command = await COMMANDS[name].load();
  out.line(
    bold(["clew", name, command.operands].filter(Boolean).join(" ")),
    Object.keys(command.flags).length > 0 ? " [flags]" : "",
  );
  out.line(`  ${command.summary}`);
  const lines = flagLines(command.flags);
  if (lines.length > 0) {
    out.line("");
    const width = Math.max(...lines.map(([flag]) => flag.length));
    for (const [flag, description] of lines) out.line("  ", bold(flag.padEnd(width)), `  ${description}`);
  }
  if (command.examples.length > 0) {
    out.line("");
    for (const example of command.examples) out.line(dim("  $ "), example);
  }
}

/** `--name VALUE` and what it does, for each flag. */
export function flagLines(flags: ArgsDef): readonly (readonly [string, string])[] {
  return Object.entries(flags).map(([name, definition]) => {
    const alias = "alias" in definition && typeof definition.alias === "string" ? `-${definition.alias}, ` : "";
    const off = definition.type === "boolean" && definition.default === true;
    const value = definition.type === "boolean" ? "" : ` ${definition.valueHint ?? "VALUE"}`;
    return [`${alias}--${off ? "no-" : ""}${name}${value}`, definition.description ?? ""] as const;
  });
}
