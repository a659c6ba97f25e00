/** @module Notices the first session of one's own while the made-up workspace is shown for want of any. */
import { clewPaths, daemonSocket, type Environment } from "../base/paths.ts";
import { discoverAll } from "../sources/source.ts";
import { listSpool } from "../spool/spool-directory.ts";
import { askDaemon } from "./control-client.ts";

const EVERY_MS = 2000;

/**
 * Resolves when there is a transcript, a record in the spool, or a live session of which a daemon knows, which may have taken
 * the record out before it was seen; `stop` ends the waiting.
 */
export function watchForFirstSession(
  configDirs: readonly string[],
  env: Environment,
): { readonly arrived: Promise<void>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const arrived = new Promise<void>((resolve) => {
    timer = setInterval(async () => {
      if (!(await hasSessions(configDirs, env))) return;
      clearInterval(timer);
      resolve();
    }, EVERY_MS);
    timer.unref();
  });
  return { arrived, stop: () => clearInterval(timer) };
}

async function hasSessions(configDirs: readonly string[], env: Environment): Promise<boolean> {
  if (listSpool(clewPaths(env).spool).names.length > 0) return true;
  if (discoverAll(configDirs).files.some((file) => file.size > 0)) return true;
  const daemon = await askDaemon(daemonSocket(env), "GET /status", EVERY_MS).catch(() => null);
  return daemon !== null && Object.values(daemon.sessions).some((count) => count > 0);
}
