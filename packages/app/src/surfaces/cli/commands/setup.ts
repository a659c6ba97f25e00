/** @module `clew setup`: shows what it would change on this machine, asks, then changes it. */
import type { Environment } from "../../../base/paths.ts";
import { noteProgram } from "../../../base/program-file.ts";
import type { PreparedSetup, SetupHost, SetupOutcome } from "../../../setup/setup.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { canAsk, confirm } from "../confirm.ts";
import type { Output } from "../output.ts";
import { counted } from "../render/formats.ts";
import { bold, dim, styled } from "../render/piece.ts";
import { printDiff } from "../render/unified-diff.ts";

/** What a test replaces: the machine, and the person in front of it. */
export interface SetupSeams {
  readonly host?: Partial<SetupHost>;
  readonly canAsk?: (isInteractive: boolean) => boolean;
  readonly confirm?: (out: Output, question: string) => Promise<boolean>;
}

/** Flags that setup and unsetup share. */
export const CHANGE_FLAGS = {
  yes: { type: "boolean", description: "apply without asking", alias: "y" },
  "dry-run": { type: "boolean", description: "show the change and apply nothing" },
  "config-dir": {
    type: "string",
    description: "directory of settings.json; default: Claude Code's own",
    valueHint: "DIR",
  },
  ...JSON_FLAG,
} as const;

export function createSetupCommand(seams: SetupSeams = {}): CliCommand {
  return {
    summary: "register Clew's hooks in Claude Code's settings of your user; shows the exact change first",
    operands: "",
    arity: [0, 0],
    flags: {
      service: {
        type: "boolean",
        description: "also write a systemd or launchd service that keeps the daemon running",
      },
      statusline: { type: "boolean", description: "also set Claude Code's status line, if none is set" },
      ...CHANGE_FLAGS,
    },
    examples: ["clew setup", "clew setup --dry-run", "clew setup --service --statusline --yes"],
    async run({ context, flags }) {
      const { env, clock, out, err, isInteractive } = context;
      const { prepareSetup } = await import("../../../setup/setup.ts");
      const prepared = prepareSetup(
        { env, clock, ...seams.host },
        {
          configDirectory: textFlag(flags, "config-dir"),
          statusLine: flags.statusline === true,
          service: flags.service === true,
        },
      );
      if (!flags.json) show(out, err, prepared);
      const mayAsk = !flags.json && (seams.canAsk ?? canAsk)(isInteractive);
      const isAgreed =
        prepared.isPending &&
        flags["dry-run"] !== true &&
        (flags.yes === true || (mayAsk && (await (seams.confirm ?? confirm)(out, "Apply this?"))));
      const hindrance = isAgreed ? await makeWay(env, prepared) : null;
      const outcome = isAgreed ? prepared.apply() : null;
      if (outcome || (!prepared.isPending && flags["dry-run"] !== true)) noteProgram(env);
      if (hindrance !== null && !flags.json) err.line(styled("yellow", "! "), hindrance);
      if (flags.json) out.json(await answerOf(prepared, outcome, hindrance));
      else if (outcome) report(out, err, prepared, outcome);
      else if (prepared.isPending) out.line(mayAsk && flags["dry-run"] !== true ? "Nothing was changed." : NOT_APPLIED);
      return 0;
    },
  };
}

export const setupCommand = createSetupCommand();

/**
 * A daemon that a session's start brought up would keep the service's from starting: it is stopped. Null: nothing is in
 * the way; else what is.
 */
async function makeWay(env: Environment, { service }: PreparedSetup): Promise<string | null> {
  if (!service || service.action === "none") return null;
  const { takeOver } = await import("../../../daemon/detached.ts");
  const again =
    service.file.kind === "systemd"
      ? "end it, then run `systemctl --user restart clew.service`"
      : "the service starts within half a minute of its end";
  try {
    return (await takeOver(env))
      ? null
      : `\`clew up\` runs in a terminal and keeps the service from starting: ${again}.`;
  } catch (error) {
    return `A daemon runs that could not be stopped (${(error as Error).message}): ${again}.`;
  }
}

const NOT_APPLIED = "Nothing was changed: `clew setup --yes` applies this (with the same other flags).";

function show(out: Output, err: Output, prepared: PreparedSetup): void {
  const { path, linkedTo, diff, scripts, scriptDirectory, service } = prepared;
  for (const warning of prepared.warnings) err.line(styled("yellow", "! "), warning);
  if (!prepared.isPending) {
    out.line(`Already set up: ${path} has Clew's hooks. Nothing to change.`);
    return;
  }
  if (linkedTo !== null) out.line(`${path} is a link: ${linkedTo} is written.`);
  printDiff(out, diff);
  if (diff.length > 0) out.line("");
  if (scripts.length > 0) out.line(bold("scripts"), `  ${scripts.join(", ")} into ${scriptDirectory}`);
  if (service?.action === "write") {
    out.line(bold("service"), `  ${service.file.path}`);
    out.text(service.file.content, 2, "green");
  }
  if (service && service.action !== "none")
    out.line(dim(`runs ${service.file.start.map((words) => words.join(" ")).join("; ")}`));
}

function report(out: Output, err: Output, prepared: PreparedSetup, outcome: SetupOutcome): void {
  const { path, events, diff } = prepared;
  if (diff.length > 0)
    out.line(
      styled("green", "✓ "),
      events.length > 0 ? `${path} calls Clew on ${counted(events.length, "event")}.` : `${path} is changed.`,
    );
  else out.line(styled("green", "✓ "), "Done.");
  if (outcome.backup !== null) out.line(dim(`  Before: ${outcome.backup}`));
  const { service } = outcome;
  if (service?.started) out.line(styled("green", "✓ "), `The service runs: ${service.path}`);
  else if (service?.message) err.text(service.message, 0, "yellow");
  out.line("Sessions that start from now on are recorded as they happen. `clew unsetup` undoes all of this.");
}

async function answerOf(
  prepared: PreparedSetup,
  outcome: SetupOutcome | null,
  hindrance: string | null,
): Promise<object> {
  const { diffText } = await import("../../../setup/unified-diff.ts");
  const { path, warnings, events, service, scripts, isPending } = prepared;
  return {
    changed: outcome !== null,
    pending: isPending && outcome === null,
    path,
    backup: outcome?.backup ?? null,
    warnings: hindrance === null ? warnings : [...warnings, hindrance],
    events,
    scripts,
    service: outcome?.service
      ? outcome.service
      : service && { kind: service.file.kind, path: service.file.path, changed: false, started: false, message: null },
    diff: diffText(prepared.diff),
  };
}
