/** @module Notices the first session of one's own while the made-up workspace is shown for want of any. */
import { discoverAll } from "../sources/source.ts";
import { listSpool } from "../spool/spool-directory.ts";

const EVERY_MS = 2000;

/** Resolves when there is a transcript or a record in the spool; `stop` ends the waiting. */
export function watchForFirstSession(
  configDirs: readonly string[],
  spool: string,
): { readonly arrived: Promise<void>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const arrived = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      if (!hasSessions(configDirs, spool)) return;
      clearInterval(timer);
      resolve();
    }, EVERY_MS);
    timer.unref();
  });
  return { arrived, stop: () => clearInterval(timer) };
}

function hasSessions(configDirs: readonly string[], spool: string): boolean {
  return listSpool(spool).names.length > 0 || discoverAll(configDirs).files.some((file) => file.size > 0);
}
