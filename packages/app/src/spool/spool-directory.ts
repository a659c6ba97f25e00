/**
 * @module The spool: a private directory in which every file is one record. Whoever records something writes a file; the
 * one writer of the database reads them in order, commits, and only then removes them (docs/hooks.md).
 */
export { listSpool, type SpoolListing } from "./list-spool.ts";
export { takeLostCount } from "./lost-count.ts";
export { readSpoolFile, type SpoolFile } from "./read-file.ts";
export { removeSpoolFiles } from "./remove-files.ts";
export { capKilobytes, SPOOL_LIMITS } from "./spool-limits.ts";
export { type WriteRecordOptions, writeSpoolRecord } from "./write-record.ts";
