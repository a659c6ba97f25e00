/** @module `clew up`: the dashboard, kept current until Ctrl-C. */
import { ClewError } from "../../../base/error.ts";
import { wholeNumber } from "../arguments.ts";
import { type CliCommand, textFlag } from "../command.ts";
import { onEnter } from "../enter-key.ts";
import { openBrowser } from "../open-browser.ts";
import { progressPrinter } from "../progress.ts";
import { bold, dim, styled } from "../render/piece.ts";

export const upCommand: CliCommand = {
  summary: "index what this machine has, keep it current, and open the dashboard",
  operands: "",
  arity: [0, 0],
  flags: {
    demo: { type: "boolean", description: "show a made-up workspace instead of your own sessions" },
    port: { type: "string", description: "port on 127.0.0.1", valueHint: "N" },
    open: { type: "boolean", description: "do not open a browser", default: true },
    json: { type: "boolean", description: "print the address as JSON" },
  },
  examples: ["clew up", "clew up --demo", "clew up --port 4000 --no-open"],
  async run({ context, flags }) {
    const { env, clock, out, err, isInteractive } = context;
    const portText = textFlag(flags, "port");
    const port = portText === undefined ? undefined : wholeNumber("port", portText, 0);
    if (port !== undefined && port > 65_535)
      throw new ClewError("usage", `--port ${port} is too high: ports end at 65535`);
    const { startUp } = await import("../../../daemon/up.ts");
    const progress = progressPrinter(err, clock);
    let failed: Error | null = null;
    let fail = (): void => {};
    const failure = new Promise<void>((resolve) => {
      fail = resolve;
    });
    const clew = await startUp({
      env,
      clock,
      demo: flags.demo === true,
      ...(port !== undefined && { port }),
      onEvent(event) {
        if (event.kind === "progress") {
          if (event.progress.phase === "done") progress.end();
          else progress.show(event.progress);
        } else if (event.kind === "warning") err.line(styled("yellow", "clew: "), event.message);
        else if (event.kind === "failed") {
          failed = event.error;
          fail();
        } else if (flags.json) out.json({ url: event.url, sign_in_url: event.signInUrl, demo: event.demo !== null });
        else {
          if (event.demo === "empty")
            out.line("There are no transcripts on this machine yet, so this is a made-up workspace.");
          else if (event.demo === "asked") out.line("This is a made-up workspace.");
          out.line("Dashboard: ", bold(event.signInUrl));
          out.line(
            dim(
              isInteractive
                ? "The link works once, for 30 seconds: Enter makes a new one. Ctrl-C stops."
                : "The link works once, for 30 seconds. Ctrl-C stops.",
            ),
          );
          if (flags.open !== false && isInteractive)
            openBrowser(event.signInUrl, () => err.line("No browser could be opened: use the link above."));
        }
      },
    });
    const ignoreEnter = isInteractive ? onEnter(() => out.line("Dashboard: ", bold(clew.signInUrl()))) : () => {};
    await Promise.race([context.stopped, failure]);
    ignoreEnter();
    progress.end();
    await clew.stop();
    if (failed) throw failed;
    return 0;
  },
};
