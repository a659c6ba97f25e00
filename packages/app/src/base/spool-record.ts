/**
 * @module What stands in one file of the spool: a first line that names the format and the kind, `name value` lines, an
 * empty line, then the body as it came. The hook script writes it with the shell's own printf and one dd.
 */

/**
 * hook: a body that an agent gave to a hook. event: a ClewRecord of our own programs (packages/sdk, wire.ts), or a list of
 * them. log: one line of an application's log, with the lines that belong to it, as it stands; with `list`, a JSON list of
 * such. otlp: a JSON list of OpenTelemetry items, each with its resource and scope (sources/otlp/item.ts), or one of them.
 */
export type SpoolKind = "hook" | "event" | "log" | "otlp";

const KINDS: ReadonlySet<string> = new Set<SpoolKind>(["hook", "event", "log", "otlp"]);

/**
 * What a writer may say of itself. The environment is never recorded as a whole (it holds tokens): these are all.
 * - `at`: milliseconds UTC with a fraction, when it happened; else the file's time.
 * - `key`: name of the spool file; the reader adds it.
 * - `pid`: the agent's process. `session`: session id from the environment. `parent`: CLEW_SESSION_ID from the environment.
 * - `project`: the agent's project directory. `identity`: CLEW_IDENTITY. `attended`: "0" or "1".
 * - `sha256`: of the file that an InstructionsLoaded body names; the reader adds it.
 * - Of a log line: `path` and `offset` of its file, `stem` and `generation` that name the file however it is renamed,
 *   `service`, `host`, `format`, `zone` of times that name none, `list`: "1" for a list.
 * - `import`: what a record was brought in from.
 */
export type SpoolField =
  | "at"
  | "key"
  | "pid"
  | "session"
  | "parent"
  | "project"
  | "identity"
  | "attended"
  | "sha256"
  | "path"
  | "offset"
  | "stem"
  | "generation"
  | "service"
  | "host"
  | "format"
  | "zone"
  | "list"
  | "import";

export interface SpoolRecord {
  readonly kind: SpoolKind;
  readonly fields: Readonly<Partial<Record<SpoolField, string>>>;
  readonly body: Buffer;
}

const MAGIC = "clew-spool 1 ";
const FIELDS: ReadonlySet<string> = new Set<SpoolField>([
  "at",
  "key",
  "pid",
  "session",
  "parent",
  "project",
  "identity",
  "attended",
  "sha256",
  "path",
  "offset",
  "stem",
  "generation",
  "service",
  "host",
  "format",
  "zone",
  "list",
  "import",
]);
/** A header is a few short lines; more is not one. */
const LONGEST_HEADER = 64 * 1024;

/** The bytes of a record. A value that would break the header's lines is left out. */
export function encodeSpoolRecord(record: SpoolRecord): Buffer {
  const lines = Object.entries(record.fields)
    .filter(([, value]) => value !== undefined && value !== "" && !/[\n\0]/.test(value))
    .map(([name, value]) => `${name} ${value}\n`);
  return Buffer.concat([Buffer.from(`${MAGIC}${record.kind}\n${lines.join("")}\n`), record.body]);
}

/** The record in some bytes; null when they do not begin as one. Unknown fields are skipped, an unknown kind is no record. */
export function decodeSpoolRecord(bytes: Buffer): SpoolRecord | null {
  const head = bytes.subarray(0, LONGEST_HEADER);
  const end = head.indexOf("\n\n");
  if (end < 0) return null;
  const [first = "", ...lines] = head.toString("utf8", 0, end).split("\n");
  const kind = first.startsWith(MAGIC) ? first.slice(MAGIC.length) : "";
  if (!KINDS.has(kind)) return null;
  const fields: Partial<Record<SpoolField, string>> = {};
  for (const line of lines) {
    const space = line.indexOf(" ");
    const name = line.slice(0, space);
    if (space > 0 && FIELDS.has(name)) fields[name as SpoolField] = line.slice(space + 1);
  }
  return { kind: kind as SpoolKind, fields, body: bytes.subarray(end + 2) };
}
