/** @module The commands that do what this page does not: write a file to the disk, bring a version back, approve one. */
import type { MemoryWebFile } from "../../http/answers.ts";
import { CommandLine } from "./command-line.tsx";
import { commandOf } from "./shell-word.ts";

export function FileCommands({ file, version }: { readonly file: MemoryWebFile; readonly version: string }) {
  const isOther = version !== file.version || file.deleted;
  return (
    <section class="memory-side-part" aria-label="In a terminal">
      <h3>In a terminal</h3>
      {file.waiting.length > 0 ? (
        <CommandLine
          what="Look at what waits, and approve it"
          command={commandOf("clew", "memory", "approve", file.key)}
        />
      ) : null}
      {isOther ? (
        <CommandLine
          what="Make this version stand again"
          command={commandOf("clew", "memory", "restore", file.key, "--version", version)}
        />
      ) : (
        <CommandLine what="Write it to the disk" command={commandOf("clew", "memory", "pull", file.key)} />
      )}
      <CommandLine
        what="Print it"
        command={commandOf("clew", "memory", "get", file.key, ...(isOther ? ["--version", version] : []))}
      />
    </section>
  );
}
