/** @module `clew setup` as two halves: what would change, for the user to see, and changing it. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { ClewError } from "../base/error.ts";
import { claudeConfigDirs, clewPaths, type Environment } from "../base/paths.ts";
import { changeSettings } from "./change-settings.ts";
import { clientVersion, clientWarnings } from "./client-version.ts";
import { type HookPlaces, statusLineCommand } from "./handlers.ts";
import { managedSettingsWarnings } from "./managed-settings.ts";
import { type PackagePlaces, packagePlaces } from "./package-places.ts";
import { planSetup } from "./plan-setup.ts";
import { readReceipt, type SetupReceipt, writeReceipt } from "./receipt.ts";
import type { ReplaceStep } from "./replace-file.ts";
import { type RunProcess, runProcess } from "./run-process.ts";
import { installScripts, type ScriptSources, staleScripts } from "./scripts.ts";
import { type ServiceAction, type ServiceOutcome, serviceAction, serviceReceipt, startService } from "./service.ts";
import { type ServiceFile, serviceFile } from "./service-file.ts";
import { assertWritable, openTarget, settingsPath } from "./target.ts";
import { type DiffLine, unifiedDiff } from "./unified-diff.ts";

/** What a run stands on; everything has a default from this process. */
export interface SetupHost {
  readonly env: Environment;
  readonly clock: Clock;
  readonly platform?: NodeJS.Platform;
  readonly node?: string;
  readonly uid?: number;
  readonly package?: PackagePlaces;
  readonly run?: RunProcess;
  /** Of Claude Code; null: unknown. */
  readonly clientVersion?: () => string | null;
  /** Part of temporary names. */
  readonly newId?: () => string;
  /** Paths of an administrator's settings. */
  readonly managedSettings?: readonly string[];
  readonly onStep?: (step: SetupStep) => void;
}

/** Named points between two effects; tests stop or interfere there. */
export type SetupStep = "scripts" | "backup" | "receipt" | ReplaceStep;

export interface SetupRequest {
  /** Directory of settings.json; undefined: Claude Code's own. */
  readonly configDirectory?: string | undefined;
  readonly statusLine: boolean;
  readonly service: boolean;
}

export interface ServiceChange {
  readonly file: ServiceFile;
  readonly action: ServiceAction;
}

/** What the user is shown before anything happens. */
export interface PreparedSetup {
  /** Of settings.json. */
  readonly path: string;
  /** Where a symbolic link leads; null when it is none. */
  readonly linkedTo: string | null;
  readonly diff: readonly DiffLine[];
  /** Events whose hooks are added or brought up to date. */
  readonly events: readonly string[];
  readonly warnings: readonly string[];
  /** Script files to install or replace. */
  readonly scripts: readonly string[];
  readonly scriptDirectory: string;
  /** Null: not asked for. */
  readonly service: ServiceChange | null;
  readonly isPending: boolean;
  /** Makes the change. Throws `io` or `permission`; settings.json is then the old one, whole. */
  readonly apply: () => SetupOutcome;
}

export interface SetupOutcome {
  /** Copy of the bytes before; null when settings.json stayed as it was, or is new. */
  readonly backup: string | null;
  readonly service: ServiceOutcome | null;
}

/** Looks at everything and writes nothing. Throws `not_found` when Claude Code is not installed, `io` and `permission`. */
export function prepareSetup(host: SetupHost, request: SetupRequest): PreparedSetup {
  const { env, platform = process.platform, node = process.execPath } = host;
  const places = host.package ?? packagePlaces();
  const paths = clewPaths(env);
  const path = settingsPath(env, request.configDirectory);
  if (path === null) throw notInstalled(env);
  const target = openTarget(path);
  const sources: ScriptSources = {
    platform,
    scripts: places.scripts,
    node,
    sessionStartEntry: places.sessionStartEntry,
    bin: places.bin,
  };
  const hookPlaces: HookPlaces = {
    platform,
    home: paths.home,
    hooks: paths.hooks,
    node,
    observeEntry: places.observeEntry,
    sessionStartEntry: places.sessionStartEntry,
    bin: places.bin,
  };
  const statusLine = request.statusLine
    ? statusLineCommand({ platform, node, statusLineEntry: places.statusLineEntry, home: paths.home })
    : null;
  const plan = planSetup(target.bytes, { places: hookPlaces, statusLine }, path);
  const changesSettings = target.bytes === null || !plan.after.equals(target.bytes);
  if (changesSettings) assertWritable(target);
  const version = host.clientVersion ?? (() => clientVersion(runProcess));
  const clientsOwn = clientWarnings(version());
  const scripts = staleScripts(paths, sources);
  const receipt = readReceipt(paths);
  const service = request.service ? serviceChange(host, places, receipt) : null;
  return {
    path,
    linkedTo: target.isLink ? target.file : null,
    diff: changesSettings
      ? unifiedDiff(target.bytes?.toString("utf8") ?? "", plan.after.toString("utf8"), {
          before: target.bytes === null ? null : path,
          after: path,
        })
      : [],
    events: plan.events,
    warnings: [...clientsOwn, ...plan.warnings, ...managedSettingsWarnings(platform, host.managedSettings)],
    scripts,
    scriptDirectory: paths.hooks,
    service,
    isPending: changesSettings || scripts.length > 0 || (service !== null && service.action !== "none"),
    apply() {
      const unique = (host.newId ?? newId)();
      installScripts(paths, sources, unique);
      host.onStep?.("scripts");
      const backup = changesSettings ? changeSettings(host, target, plan, unique) : null;
      if (!service) return { backup, service: null };
      const outcome = startService(service.file, service.action, host.run ?? runProcess, unique);
      writeReceipt(paths, { ...readReceipt(paths), service: serviceReceipt(service.file, outcome) }, unique);
      return { backup, service: outcome };
    },
  };
}

function serviceChange(host: SetupHost, places: PackagePlaces, receipt: SetupReceipt): ServiceChange {
  const { env, platform = process.platform, node = process.execPath } = host;
  const file = serviceFile({ platform, env, node, bin: places.bin, uid: host.uid ?? process.getuid?.() ?? 0 });
  if (!file)
    throw new ClewError("usage", "--service writes a systemd unit or a launchd agent: this system has neither");
  return { file, action: serviceAction(file, receipt.service) };
}

function notInstalled(env: Environment): ClewError {
  return new ClewError(
    "not_found",
    `Claude Code was not found: there is no ${claudeConfigDirs(env).join(" and no ")}. Start it once, or name its directory with --config-dir; nothing was changed`,
  );
}

export function newId(): string {
  return randomBytes(4).toString("hex");
}
