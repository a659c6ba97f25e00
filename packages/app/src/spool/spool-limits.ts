/** @module The sizes and ages that the spool's readers and writers agree on. */

export const SPOOL_LIMITS = {
  /** Bytes of the largest file that is read. */
  fileBytes: 64 * 1024 * 1024,
  /** Kilobytes of all files together, above which hooks drop what comes and count it; CLEW_SPOOL_MAX_KB overrides it. */
  totalKilobytes: 262_144,
  /** Age in milliseconds at which a temporary file has no writer any more. */
  leftoverMs: 60 * 60 * 1000,
} as const;

/** CLEW_SPOOL_MAX_KB as a number; what is no whole number of kilobytes from 1 to 999 999 999 is the default. */
export function capKilobytes(text: string | undefined): number {
  const given = /^[0-9]{1,9}$/.test(text ?? "") ? Number(text) : 0;
  return given > 0 ? given : SPOOL_LIMITS.totalKilobytes;
}

/** Marker: the spool is over its cap, which it holds in kilobytes. */
export const FULL = "full";
/** One byte for every record that was dropped. */
export const LOST = "lost";
/** How the names of files begin that are being written, or taken away. */
export const TEMPORARY = ".tmp-";

/** How a count of dropped records is called while it is being read. */
export const TAKEN_LOST: string = `${TEMPORARY}${LOST}-`;

/** What a record may be called: no path, no hidden file, nothing that a terminal or a shell would take for more than a name. */
export function isSpoolName(name: string): boolean {
  return /^[0-9A-Za-z_-][0-9A-Za-z._-]{0,79}$/.test(name) && name !== FULL && name !== LOST;
}
