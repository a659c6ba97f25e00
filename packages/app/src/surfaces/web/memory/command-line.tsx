/** @module A command to run in a terminal, with a button that copies it. This page changes nothing itself. */
import { CopyButton } from "../parts/copy-button.tsx";

export function CommandLine({ command, what }: { readonly command: string; readonly what?: string }) {
  return (
    <div class="command-line">
      {what ? <p class="faint">{what}</p> : null}
      <div>
        <code>{command}</code>
        <CopyButton text={command} label={`Copy: ${command}`} />
      </div>
    </div>
  );
}
