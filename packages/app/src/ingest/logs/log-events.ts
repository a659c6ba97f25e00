/** @module Records of a log file as events: what is parsed is what is stored, so that a rebuild arrives at the same. */
import { encodeSpoolRecord, type SpoolRecord } from "../../base/spool-record.ts";
import { parseSpooled, type SpooledEvent } from "../../sources/spooled.ts";
import type { LogFileProgress } from "../../store/log-file-table.ts";
import type { CutRecord } from "./cut-records.ts";
import type { LogSource } from "./log-source.ts";

export interface LogOrigin {
  readonly file: Pick<LogFileProgress, "path" | "generation" | "mtimeMs">;
  readonly source: LogSource;
  /** Where the records' positions count from, in the file. */
  readonly base: number;
  /** IANA name of this machine's zone. */
  readonly zone: string;
  /** Milliseconds UTC. */
  readonly now: number;
}

export function logEvents(records: readonly CutRecord[], origin: LogOrigin): readonly SpooledEvent[] {
  const { file, source, base, now } = origin;
  const zone = source.zone ?? origin.zone;
  const fields: SpoolRecord["fields"] = {
    at: String(Math.trunc(Math.max(0, Math.min(now, file.mtimeMs)))),
    path: file.path,
    ...(file.generation > 0 && { generation: String(file.generation) }),
    ...(source.service !== undefined && { service: source.service }),
    ...(source.format !== undefined && { format: source.format }),
    ...(source.workspace !== undefined && { project: source.workspace }),
    ...(zone !== "UTC" && { zone }),
  };
  return records.flatMap(({ bytes, start }) =>
    parseSpooled(
      encodeSpoolRecord({ kind: "log", fields: { ...fields, offset: String(base + start) }, body: bytes }),
      now,
    ),
  );
}

/** The format of a file's newest line. */
export function formatOf(events: readonly SpooledEvent[]): string | null {
  for (let index = events.length - 1; index >= 0; index--) {
    for (const fact of events[index]!.facts) {
      if (fact.kind === "log_line") return fact.format;
      if (fact.kind === "model_call") return "interaction";
    }
  }
  return null;
}
