/** @module What setup has done on this machine, so that it can be undone exactly: setup.json in the data directory. */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ClewPaths } from "../base/paths.ts";
import { bytesOf, makePrivateDirectory } from "./file-error.ts";
import type { AddedSettings } from "./plan-setup.ts";
import { writeOwnFile } from "./replace-file.ts";

export interface SettingsReceipt {
  /** Of settings.json, as the user knows it. */
  readonly path: string;
  /** Whether the file was there before. */
  readonly existed: boolean;
  /** SHA-256 of the bytes that `clew unsetup` restores; null when they cannot be, as the file was edited between two setups. */
  readonly before_sha256: string | null;
  readonly after_sha256: string;
  /** Copy of the bytes before; null when there was no file. */
  readonly backup: string | null;
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly added: AddedSettings;
}

export interface ServiceReceipt {
  readonly path: string;
  readonly sha256: string;
  /** Whether the system's manager was told, with success. */
  readonly started: boolean;
}

export interface SetupReceipt {
  readonly version: 1;
  readonly settings: readonly SettingsReceipt[];
  readonly service: ServiceReceipt | null;
}

export const NO_RECEIPT: SetupReceipt = { version: 1, settings: [], service: null };

export function receiptPath(paths: ClewPaths): string {
  return join(paths.home, "setup.json");
}

/** The receipt; an empty one when there is none, or none that can be understood. */
export function readReceipt(paths: ClewPaths): SetupReceipt {
  const bytes = bytesOf(receiptPath(paths));
  if (bytes === null) return NO_RECEIPT;
  let data: Partial<SetupReceipt> | null;
  try {
    data = JSON.parse(bytes.toString("utf8")) as Partial<SetupReceipt> | null;
  } catch {
    return NO_RECEIPT;
  }
  const service = data?.service;
  return {
    version: 1,
    settings: Array.isArray(data?.settings) ? data.settings.filter(isSettingsReceipt) : [],
    service: typeof service?.path === "string" && typeof service.sha256 === "string" ? service : null,
  };
}

/** Writes the receipt, or takes it away when nothing is left in it. */
export function writeReceipt(paths: ClewPaths, receipt: SetupReceipt, unique: string): void {
  const path = receiptPath(paths);
  if (receipt.settings.length === 0 && receipt.service === null) {
    rmSync(path, { force: true });
    return;
  }
  makePrivateDirectory(paths.home);
  writeOwnFile(path, Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`), 0o600, unique);
}

export function settingsReceiptOf(receipt: SetupReceipt, path: string): SettingsReceipt | null {
  return receipt.settings.find((one) => one.path === path) ?? null;
}

/** The receipt with another entry for a settings file, or with none. */
export function withSettings(receipt: SetupReceipt, path: string, entry: SettingsReceipt | null): SetupReceipt {
  const others = receipt.settings.filter((one) => one.path !== path);
  return { ...receipt, settings: entry ? [...others, entry] : others };
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function isSettingsReceipt(value: unknown): value is SettingsReceipt {
  const one = value as Partial<SettingsReceipt> | null;
  return (
    typeof one?.path === "string" &&
    typeof one.existed === "boolean" &&
    typeof one.after_sha256 === "string" &&
    typeof one.added === "object" &&
    Array.isArray(one.added?.events)
  );
}
