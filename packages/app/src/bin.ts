/** @module Starts the command line: streams, signals and the exit code. bin/clew.js has checked Node's version. */
import { clewVersion } from "./base/version.ts";

// `| head` closes the pipe when it has enough: that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`${clewVersion()}\n`);
} else {
  const { main } = await import("./surfaces/cli/main.ts");
  const stopped = new Promise<void>((resolve) => {
    // The first signal asks the command to finish its transaction and go; the second one ends the process.
    const stop = (): void => {
      resolve();
      process.exitCode = 130;
    };
    const subCommands = [...(words.includes("run") ? ["daemon"] : []), ...(words.includes("watch") ? ["logs"] : [])];
    const commandsThatStop = ["up", "index", "tail", "export", ...subCommands];
    if (!commandsThatStop.includes(words[0] ?? "")) return;
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
  process.exitCode = await main({
    words,
    env: process.env,
    clock: Date.now,
    stdout: process.stdout,
    stderr: process.stderr,
    version: clewVersion(),
    stopped,
    isInteractive: process.stdout.isTTY === true,
  });
}
