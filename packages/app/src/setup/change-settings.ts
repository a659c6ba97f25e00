/** @module Makes the change to settings.json that was shown, with a backup and a receipt that lead back. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { ClewError } from "../base/error.ts";
import { clewPaths } from "../base/paths.ts";
import { codeOf, fileError, makePrivateDirectory } from "./file-error.ts";
import type { SettingsPlan } from "./plan-setup.ts";
import { readReceipt, type SettingsReceipt, settingsReceiptOf, sha256, withSettings, writeReceipt } from "./receipt.ts";
import { replaceFile, writeNew } from "./replace-file.ts";
import type { SetupHost } from "./setup.ts";
import type { SettingsTarget } from "./target.ts";

/**
 * Backup, receipt, then the rename: whatever stops it in between, the receipt never speaks of less than there is. Returns
 * the backup's path, null when there was no file. Throws `io` and `permission`; the file is then as it was found.
 */
export function changeSettings(
  host: SetupHost,
  target: SettingsTarget,
  plan: SettingsPlan,
  unique: string,
): string | null {
  const { path, file, bytes } = target;
  const paths = clewPaths(host.env);
  const time = new Date(host.clock()).toISOString();
  makePrivateDirectory(dirname(file));
  const backup = bytes && writeBackup(path, bytes, time, unique);
  host.onStep?.("backup");
  const before = readReceipt(paths);
  const entry = receiptEntry(settingsReceiptOf(before, path), { path, bytes, plan, backup, time });
  writeReceipt(paths, withSettings(before, path, entry), unique);
  host.onStep?.("receipt");
  try {
    replaceFile(file, plan.after, { expected: bytes, mode: 0o600, unique, onStep: (step) => host.onStep?.(step) });
  } catch (error) {
    // The file is as somebody else left it: a receipt that says otherwise would only mislead.
    if (error instanceof ClewError) {
      writeReceipt(paths, before, unique);
      if (backup) rmSync(backup, { force: true });
    }
    throw error;
  }
  return backup;
}

interface Change {
  readonly path: string;
  readonly bytes: Buffer | null;
  readonly plan: SettingsPlan;
  readonly backup: string | null;
  readonly time: string;
}

/** The receipt of a change; on top of an earlier one it still leads back to the bytes before Clew, where that is possible. */
function receiptEntry(earlier: SettingsReceipt | null, change: Change): SettingsReceipt {
  const { path, bytes, plan, backup, time } = change;
  const after_sha256 = sha256(plan.after);
  const now = bytes && sha256(bytes);
  if (earlier && plan.hadEntries && now !== null) {
    const added = {
      hooks: earlier.added.hooks || plan.added.hooks,
      events: [...new Set([...earlier.added.events, ...plan.added.events])],
      statusLine: earlier.added.statusLine || plan.added.statusLine,
    };
    const isUntouched = now === earlier.after_sha256;
    const { existed } = earlier;
    return isUntouched
      ? { ...earlier, after_sha256, time, added }
      : { path, existed, before_sha256: null, after_sha256, backup, time, added };
  }
  const before_sha256 = plan.hadEntries ? null : now;
  return { path, existed: bytes !== null, before_sha256, after_sha256, backup, time, added: plan.added };
}

/** Keeps a copy of a settings file beside it, for its owner only; returns its path. `time` is ISO 8601. Throws `io`. */
export function writeBackup(path: string, bytes: Buffer, time: string, unique: string): string {
  const name = `${path}.clew-backup-${time.replace(/[-:]/gu, "")}`;
  for (const backup of [name, `${name}-${unique}`]) {
    try {
      writeNew(backup, bytes, 0o600);
      return backup;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw fileError(`write ${backup}`, error);
    }
  }
  throw new ClewError("io", `${name} is there already: nothing was changed`);
}
