/** @module `clew unsetup` as two halves: what would change, for the user to see, and changing it. */
import { existsSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { ClewError } from "../base/error.ts";
import { clewPaths } from "../base/paths.ts";
import { writeBackup } from "./change-settings.ts";
import { bytesOf } from "./file-error.ts";
import { packagePlaces } from "./package-places.ts";
import { planRemoval } from "./plan-unsetup.ts";
import { readReceipt, type SettingsReceipt, settingsReceiptOf, sha256, withSettings, writeReceipt } from "./receipt.ts";
import { replaceFile } from "./replace-file.ts";
import { runProcess } from "./run-process.ts";
import { installedScripts, removeScripts } from "./scripts.ts";
import { type ServiceOutcome, stopService } from "./service.ts";
import { type ServiceFile, serviceFile } from "./service-file.ts";
import { newId, type SetupHost } from "./setup.ts";
import { assertWritable, openTarget, type SettingsTarget, settingsPath } from "./target.ts";
import { type DiffLine, unifiedDiff } from "./unified-diff.ts";

export interface PreparedUnsetup {
  /** Of settings.json; null when there is no Claude Code here. */
  readonly path: string | null;
  readonly linkedTo: string | null;
  readonly diff: readonly DiffLine[];
  /** Events that Clew's hooks are taken from. */
  readonly events: readonly string[];
  /** Whether the bytes from before setup come back; else only Clew's entries go. */
  readonly isExact: boolean;
  /** The file goes, as there was none before. */
  readonly removesFile: boolean;
  /** Names of the script files to remove; none while another settings file still uses them. */
  readonly scripts: readonly string[];
  readonly scriptDirectory: string;
  readonly service: ServiceFile | null;
  /** Other settings files that setup has changed. */
  readonly others: readonly string[];
  /** Data directory: it stays. */
  readonly home: string;
  readonly isPending: boolean;
  /** Makes the change. Throws `io` or `permission`; settings.json is then the old one, whole. */
  readonly apply: () => UnsetupOutcome;
}

export interface UnsetupOutcome {
  /** Copy of the bytes before; null when settings.json was not changed, or got its old bytes back. */
  readonly backup: string | null;
  readonly service: ServiceOutcome | null;
}

export interface UnsetupRequest {
  readonly configDirectory?: string | undefined;
}

interface SettingsRemoval {
  readonly target: SettingsTarget;
  /** Null: the file goes. */
  readonly after: Buffer | null;
  readonly events: readonly string[];
  readonly isExact: boolean;
}

/** Looks at everything and writes nothing. Throws `io` and `permission`; that nothing is installed is no error. */
export function prepareUnsetup(host: SetupHost, request: UnsetupRequest): PreparedUnsetup {
  const { env, platform = process.platform, node = process.execPath } = host;
  const paths = clewPaths(env);
  const receipt = readReceipt(paths);
  const path = pathOf(host, request, receipt.settings);
  const entry = path === null ? null : settingsReceiptOf(receipt, path);
  const removal = path === null ? null : settingsRemoval(path, entry, paths.hooks);
  if (removal) assertWritable(removal.target);
  const others = receipt.settings.filter((one) => one.path !== path).map((one) => one.path);
  const isLast = others.length === 0;
  const { bin } = host.package ?? packagePlaces();
  const file = serviceFile({ platform, env, node, bin, uid: host.uid ?? process.getuid?.() ?? 0 });
  const service = isLast && file ? installedService(file, receipt.service?.path ?? null) : null;
  const scripts = isLast ? installedScripts(paths).map((path) => basename(path)) : [];
  return {
    path,
    linkedTo: removal?.target.isLink ? removal.target.file : null,
    diff: removal ? diffOf(removal) : [],
    events: removal?.events ?? [],
    isExact: removal?.isExact ?? false,
    removesFile: removal !== null && removal.after === null,
    scripts,
    scriptDirectory: paths.hooks,
    service,
    others,
    home: paths.home,
    isPending: removal !== null || scripts.length > 0 || service !== null || entry !== null,
    apply() {
      const unique = (host.newId ?? newId)();
      const stopped = service ? stopService(service, host.run ?? runProcess) : null;
      const backup = removal ? removeFrom(host, removal, unique) : null;
      const rest = path === null ? receipt : withSettings(receipt, path, null);
      // The scripts go after the entries that name them, the receipt last: stopped in between, the next run goes on.
      if (isLast) removeScripts(paths);
      writeReceipt(paths, isLast ? { ...rest, service: null } : rest, unique);
      return { backup, service: stopped };
    },
  };
}

/** The settings file that was asked for, else Claude Code's own, else the one that setup remembers. */
function pathOf(host: SetupHost, request: UnsetupRequest, known: readonly SettingsReceipt[]): string | null {
  const path = settingsPath(host.env, request.configDirectory);
  if (request.configDirectory !== undefined || known.length === 0) return path;
  return known.some((one) => one.path === path) ? path : known[0]!.path;
}

function settingsRemoval(path: string, entry: SettingsReceipt | null, hooks: string): SettingsRemoval | null {
  const target = openTarget(path);
  if (target.bytes === null) return null;
  if (entry && sha256(target.bytes) === entry.after_sha256) {
    const original = originalOf(entry);
    if (original !== undefined) {
      const { events } = planRemoval(target.bytes, { hooks, added: entry.added, existed: true, path });
      return { target, after: original, events, isExact: true };
    }
  }
  const plan = planRemoval(target.bytes, { hooks, added: entry?.added ?? null, existed: entry?.existed ?? true, path });
  if (plan.after?.equals(target.bytes)) return null;
  return { target, after: plan.after, events: plan.events, isExact: false };
}

/** The bytes before setup; null when there was no file; undefined when the backup is gone or is not what it was. */
function originalOf(entry: SettingsReceipt): Buffer | null | undefined {
  if (!entry.existed) return entry.backup === null ? null : undefined;
  if (entry.backup === null || entry.before_sha256 === null) return undefined;
  const bytes = bytesOf(entry.backup);
  return bytes && sha256(bytes) === entry.before_sha256 ? bytes : undefined;
}

function removeFrom(host: SetupHost, { target, after, isExact }: SettingsRemoval, unique: string): string | null {
  const bytes = target.bytes!;
  const time = new Date(host.clock()).toISOString();
  // Bytes that setup made itself need no copy.
  const backup = isExact ? null : writeBackup(target.path, bytes, time, unique);
  host.onStep?.("backup");
  try {
    replaceFile(target.file, after, { expected: bytes, mode: 0o600, unique, onStep: (step) => host.onStep?.(step) });
  } catch (error) {
    if (backup && error instanceof ClewError) rmSync(backup, { force: true });
    throw error;
  }
  return backup;
}

function diffOf({ target, after }: SettingsRemoval): readonly DiffLine[] {
  const names = { before: target.path, after: after === null ? null : target.path };
  return unifiedDiff(target.bytes?.toString("utf8") ?? "", after?.toString("utf8") ?? "", names);
}

/** The service when its file is there, or setup has written one elsewhere. */
function installedService(file: ServiceFile, written: string | null): ServiceFile | null {
  if (existsSync(file.path)) return file;
  return written !== null && existsSync(written) ? { ...file, path: written } : null;
}
