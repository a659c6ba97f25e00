/** @module Opens an address in the user's browser. */
import { spawn } from "node:child_process";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Never waits and never throws; `onFailure` is called when there is nothing that opens it. */
export function openBrowser(url: string, onFailure: () => void): void {
  const [command, ...words] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...words, url], { stdio: "ignore", detached: true });
  child.on("error", onFailure);
  child.unref();
}
