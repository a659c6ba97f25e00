/**
 * @module Empties a spool into a store as the daemon's writing thread does, with nothing else around it; for tests that
 * kill it and cut its power. SIGTERM: goes on until the spool is empty, then ends. Prints "draining" once it has begun.
 *
 * CLEW_TEST_SYNCHRONOUS  a weaker setting than the product's, to show that the tests notice
 * CLEW_TEST_CHECKPOINT   pages after which the log is copied back: small, so that a short run has many of it
 */
import { writeSync } from "node:fs";
import { clewPaths } from "../../packages/app/dist/base/paths.js";
import { ensurePrivateDirectory } from "../../packages/app/dist/base/private-directory.js";
import { drainSpool } from "../../packages/app/dist/ingest/drain.js";
import { openLocalStore } from "../../packages/app/dist/ingest/index-command.js";
import { watchSpool } from "../../packages/app/dist/ingest/spool-watch.js";
import { acquireWriterLock } from "../../packages/app/dist/store/lock.js";

const { CLEW_TEST_SYNCHRONOUS: synchronous, CLEW_TEST_CHECKPOINT: checkpoint } = process.env;
const paths = clewPaths(process.env);
const clock = Date.now;
let stopping = false;
let wake = () => {};
process.on("SIGTERM", () => {
  stopping = true;
  wake();
});

const lock = acquireWriterLock(paths.lock, "test");
const { store } = openLocalStore(process.env, clock);
if (synchronous) store.db.pragma(`synchronous = ${synchronous}`);
if (checkpoint) store.db.pragma(`wal_autocheckpoint = ${checkpoint}`);
ensurePrivateDirectory(paths.spool);
const watcher = watchSpool(paths.spool, () => wake());
writeSync(1, "draining\n");
for (;;) {
  const isLast = stopping;
  const { files } = drainSpool({ directory: paths.spool, store, clock });
  if (isLast && files === 0) break;
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, files > 0 ? 0 : 20);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
watcher.close();
store.close();
lock.release();
