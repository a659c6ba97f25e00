/** @module `clew logs watch`: follows log files, or passes standard input on, and records the lines. */
import { hostname } from "node:os";
import { resolve } from "node:path";
import { ClewError } from "../../../../base/error.ts";
import { clewPaths } from "../../../../base/paths.ts";
import type { SpoolRecord } from "../../../../base/spool-record.ts";
import type { Invocation } from "../../command.ts";
import type { CliContext } from "../../context.ts";
import { counted } from "../../render/formats.ts";
import { dim } from "../../render/piece.ts";
import { formatFlag, serviceFlag, zoneFlag } from "./flags.ts";

/** Milliseconds after which a line that came is in the spool, and the spool in the database where nobody else sees to it. */
const FLUSH_MS = 1000;
const DRAIN_MS = 10_000;
/** After Ctrl-C the program at the other end has so long to say its last words. Milliseconds. */
const LAST_WORDS_MS = 2000;

export async function watchLogs(invocation: Invocation): Promise<number> {
  const { operands } = invocation;
  const isInput = operands.length === 0 || operands.includes("-");
  if (isInput && operands.length > 1) throw new ClewError("usage", "clew logs watch takes either paths or -");
  return isInput ? watchInput(invocation) : watchFiles(invocation);
}

async function watchFiles({ context, flags, operands }: Invocation): Promise<number> {
  const { env, clock, err, stopped } = context;
  const { watchPaths } = await import("../../../../ingest/logs/watch-paths.ts");
  const given = { service: serviceFlag(flags), format: formatFlag(flags), zone: zoneFlag(flags) };
  const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  let lines = 0;
  await watchPaths({
    env,
    clock,
    stopped,
    sources: operands.map((path) => ({ path: resolve(path), ...settings })),
    onStart(bySpool) {
      if (flags.quiet) return;
      if (bySpool)
        err.line(
          dim(
            "A daemon is running: lines that come from now on go to it. `clew logs add PATH` makes it follow a file by itself.",
          ),
        );
      else err.line(dim("Following; Ctrl-C stops."));
    },
    onTaken(taken) {
      lines += taken.lines;
      for (const problem of taken.problems) err.line(`clew: ${problem}`);
      if (lines > 0 && !flags.quiet) err.status(counted(lines, "line"));
    },
  });
  err.clearStatus();
  if (!flags.quiet) err.line(dim(`Recorded ${counted(lines, "line")}.`));
  return 0;
}

async function watchInput({ context, flags }: Invocation): Promise<number> {
  const { env, clock, err, stopped } = context;
  const [{ createStreamRecorder }, { writeSpoolRecord }] = await Promise.all([
    import("../../../../ingest/logs/record-stream.ts"),
    import("../../../../spool/spool-directory.ts"),
  ]);
  const service = serviceFlag(flags);
  const format = formatFlag(flags);
  const { CLEW_SESSION_ID: session } = env;
  const fields: SpoolRecord["fields"] = {
    ...(service !== undefined && { service }),
    ...(format !== undefined && { format }),
    ...(session !== undefined && { session }),
    zone: zoneFlag(flags) ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    host: hostname(),
  };
  const { spool } = clewPaths(env);
  const recorder = createStreamRecorder({
    clock,
    fields,
    write: (record) => writeSpoolRecord(spool, record, { durable: true }),
  });
  // A reader that has enough ends this process on the spot; what came until then is recorded all the same.
  const atExit = (): void => recorder.flush(true);
  process.once("exit", atExit);
  let drained = clock();
  const timer = setInterval(() => {
    recorder.flush(false);
    if (clock() - drained < DRAIN_MS) return;
    drained = clock();
    void drain(context);
  }, FLUSH_MS);
  try {
    await passOn(process.stdin, process.stdout, recorder.add, stopped);
  } finally {
    clearInterval(timer);
    recorder.flush(true);
    process.off("exit", atExit);
  }
  await drain(context);
  const { lost, problem } = recorder.counts();
  if (problem !== null) err.line(`clew: ${counted(lost, "line was", "lines were")} not recorded: ${problem}`);
  return 0;
}

/** Stores what the spool holds unless somebody else does; a failure leaves it for the next writer. */
async function drain({ env, clock, err }: CliContext): Promise<void> {
  try {
    const { drainIfFree } = await import("../../../../ingest/drain-command.ts");
    await drainIfFree(env, clock);
  } catch (error) {
    if (env.CLEW_DEBUG) err.line(`clew: not stored yet: ${(error as Error).message}`);
  }
}

/** Every byte goes on unchanged before it is looked at. Resolves at the end of the input. */
export function passOn(
  from: NodeJS.ReadableStream,
  to: NodeJS.WritableStream,
  onChunk: (chunk: Buffer) => void,
  stopped: Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | null = null;
    const end = (): void => {
      if (timer) clearTimeout(timer);
      from.pause();
      resolve();
    };
    from.on("data", (chunk: Buffer) => {
      if (!to.write(chunk)) {
        from.pause();
        to.once("drain", () => from.resume());
      }
      onChunk(chunk);
    });
    from.once("end", end);
    from.once("error", reject);
    void stopped.then(() => {
      timer = setTimeout(end, LAST_WORDS_MS);
    });
  });
}
