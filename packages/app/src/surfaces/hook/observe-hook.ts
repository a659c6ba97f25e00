/**
 * @module What the hook script does, for systems without sh: one hook's body becomes one record in the spool. The rules are
 * those of plugin/hooks/observe.sh, word for word.
 */
import { existsSync, lstatSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { clewPaths, type Environment } from "../../base/paths.ts";
import type { SpoolField } from "../../base/spool-record.ts";
import { checkCap, countLost, isSpoolFull } from "../../spool/lost-count.ts";
import { capKilobytes, SPOOL_LIMITS, writeSpoolRecord } from "../../spool/spool-directory.ts";

export interface HookCall {
  /** Data directory that the hook's command names; else the environment decides. */
  readonly home?: string | undefined;
  readonly env: Environment;
  readonly parentPid: number;
  /** Zero to one. */
  readonly random: () => number;
  /** Reads standard input to its end; called only when the record will be kept. Null: more than a file of the spool holds. */
  readonly readBody: () => Promise<Buffer | null>;
}

/** What stands in a header is short; what is longer, or would break its lines, is left out. */
const LONGEST_VALUE = 4096;
/** Every so many records the spool's size is looked at. */
const CHECK_EVERY = 16;

/** Keeps the body, or does not, and says which and why in one sentence. Never rejects. */
export async function observeHook(call: HookCall): Promise<string> {
  try {
    return await keep(call);
  } catch (error) {
    return (error as Error).message;
  }
}

async function keep({ home, env, parentPid, random, readBody }: HookCall): Promise<string> {
  if (env.CLEW_HOOKS === "off") return "CLEW_HOOKS=off";
  for (const off of [".clew/off", ".claude/clew-off"]) {
    const path = env.CLAUDE_PROJECT_DIR ? join(env.CLAUDE_PROJECT_DIR, off) : null;
    if (path !== null && existsSync(path)) return `not recorded: ${path}`;
  }
  // Relative to what would change with the agent's working directory.
  const named = home || env.CLEW_HOME;
  if (named && !isAbsolute(named)) return `not an absolute path: ${named}`;
  if (!named && !isAbsolute(env.XDG_DATA_HOME ?? "") && !env.HOME && !env.USERPROFILE)
    return "neither CLEW_HOME nor HOME is set";
  const { home: data, spool } = clewPaths({ ...env, ...(named && { CLEW_HOME: named }) });
  const uid = process.geteuid?.();
  const owner = lstatSync(data, { throwIfNoEntry: false })?.uid;
  if (uid !== undefined && owner !== undefined && owner !== uid) return `not a directory of our own: ${data}`;
  if (isSpoolFull(spool)) {
    countLost(spool);
    return `the spool is full, this record is counted as lost: ${spool}`;
  }
  const body = await readBody();
  if (body === null) return `larger than ${SPOOL_LIMITS.fileBytes} bytes`;
  const record = { kind: "hook", fields: fieldsOf(env, parentPid), body } as const;
  writeSpoolRecord(spool, record, { durable: env.CLEW_DURABILITY === "strict" });
  if (random() * CHECK_EVERY < 1) checkCap(spool, capKilobytes(env.CLEW_SPOOL_MAX_KB));
  return `kept in ${spool}`;
}

function fieldsOf(env: Environment, parentPid: number): Partial<Record<SpoolField, string>> {
  const pid = env.CLAUDE_PID ?? "";
  const values: Partial<Record<SpoolField, string | undefined>> = {
    pid: /^[0-9]{1,10}$/.test(pid) ? pid : String(parentPid),
    session: env.CLAUDE_CODE_SESSION_ID,
    parent: env.CLEW_SESSION_ID,
    project: env.CLAUDE_PROJECT_DIR,
    identity: env.CLEW_IDENTITY,
    attended: env.CLAUDE_CODE_SESSION_ATTENDED,
  };
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value && value.length <= LONGEST_VALUE && !value.includes("\n")),
  );
}
