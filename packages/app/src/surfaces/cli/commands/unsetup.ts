/** @module `clew unsetup`: takes back what setup did, and leaves what others did. */
import type { PreparedUnsetup, UnsetupOutcome } from "../../../setup/unsetup.ts";
import { type CliCommand, textFlag } from "../command.ts";
import { canAsk, confirm } from "../confirm.ts";
import type { Output } from "../output.ts";
import { bold, dim, styled } from "../render/piece.ts";
import { printDiff } from "../render/unified-diff.ts";
import { CHANGE_FLAGS, type SetupSeams } from "./setup.ts";

export function createUnsetupCommand(seams: SetupSeams = {}): CliCommand {
  return {
    summary: "take Clew's hooks and service away again; your data stays",
    operands: "",
    arity: [0, 0],
    flags: { ...CHANGE_FLAGS },
    examples: ["clew unsetup", "clew unsetup --dry-run", "clew unsetup --yes"],
    async run({ context, flags }) {
      const { env, clock, out, err, isInteractive } = context;
      const { prepareUnsetup } = await import("../../../setup/unsetup.ts");
      const prepared = prepareUnsetup(
        { env, clock, ...seams.host },
        { configDirectory: textFlag(flags, "config-dir") },
      );
      if (!flags.json) show(out, prepared);
      const mayAsk = !flags.json && (seams.canAsk ?? canAsk)(isInteractive);
      const isAgreed =
        prepared.isPending &&
        flags["dry-run"] !== true &&
        (flags.yes === true || (mayAsk && (await (seams.confirm ?? confirm)(out, "Apply this?"))));
      const outcome = isAgreed ? prepared.apply() : null;
      if (flags.json) out.json(await answerOf(prepared, outcome));
      else if (outcome) report(out, err, prepared, outcome);
      else if (prepared.isPending)
        out.line(
          mayAsk && flags["dry-run"] !== true
            ? "Nothing was changed."
            : "Nothing was changed: `clew unsetup --yes` applies this.",
        );
      return 0;
    },
  };
}

export const unsetupCommand = createUnsetupCommand();

function show(out: Output, prepared: PreparedUnsetup): void {
  const { path, linkedTo, diff, scripts, scriptDirectory, service, others } = prepared;
  if (!prepared.isPending) {
    out.line(
      path === null
        ? "Nothing is set up: Claude Code was not found."
        : `Nothing is set up: ${path} has no hooks of Clew.`,
    );
  } else {
    if (linkedTo !== null) out.line(`${path} is a link: ${linkedTo} is written.`);
    printDiff(out, diff);
    if (diff.length > 0) out.line("");
    if (prepared.removesFile) out.line(bold("settings"), `  ${path} goes: there was none before.`);
    else if (prepared.isExact) out.line(bold("settings"), "  byte for byte as before `clew setup`");
    if (scripts.length > 0) out.line(bold("scripts"), `  ${scripts.join(", ")} go from ${scriptDirectory}`);
    if (service)
      out.line(
        bold("service"),
        `  ${service.path} goes; runs ${service.stop.map((words) => words.join(" ")).join("; ")}`,
      );
  }
  for (const other of others) out.line(`Also set up: ${other} (\`clew unsetup --config-dir\` with its directory).`);
}

function report(out: Output, err: Output, prepared: PreparedUnsetup, outcome: UnsetupOutcome): void {
  out.line(styled("green", "✓ "), "Clew is called no more.");
  if (outcome.backup !== null) out.line(dim(`  Before: ${outcome.backup}`));
  if (outcome.service?.message) err.text(outcome.service.message, 0, "yellow");
  out.line(`What was recorded stays in ${prepared.home}: remove that directory to forget it.`);
}

async function answerOf(prepared: PreparedUnsetup, outcome: UnsetupOutcome | null): Promise<object> {
  const { diffText } = await import("../../../setup/unified-diff.ts");
  const { path, events, scripts, service, others, home, isPending, isExact } = prepared;
  return {
    changed: outcome !== null,
    pending: isPending && outcome === null,
    path,
    backup: outcome?.backup ?? null,
    warnings: [],
    events,
    scripts,
    service:
      outcome?.service ??
      (service && { kind: service.kind, path: service.path, changed: false, started: false, message: null }),
    diff: diffText(prepared.diff),
    exact: isExact,
    others,
    home,
  };
}
