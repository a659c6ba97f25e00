/** @module What the tests of the spool share: a directory of their own and records to put into it. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpoolRecord } from "../base/spool-record.ts";

/** Path of a spool that does not exist yet. */
export function newSpool(): string {
  return join(mkdtempSync(join(tmpdir(), "clew-spool-")), "data", "spool");
}

export function hookRecord(body: string | Buffer, fields: SpoolRecord["fields"] = {}): SpoolRecord {
  return { kind: "hook", fields, body: Buffer.from(body) };
}
