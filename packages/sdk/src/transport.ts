/** @module A bounded queue of texts and whoever writes them: off the hot path, one batch at a time, never waiting. */
import { report } from "./problems.ts";

/** Where batches go. A rejection means "not written": the same batch comes again. */
export interface BatchWriter {
  readonly write: (batch: readonly string[]) => Promise<void>;
  /** At the process' exit, when nothing asynchronous runs any more. */
  readonly writeSync: (batch: readonly string[]) => void;
  /** So many texts were dropped because the queue was full. */
  readonly onLost?: (count: number) => Promise<void>;
}

export interface TransportOptions {
  /** Milliseconds after which what waits is written. */
  readonly flushMs?: number;
  /** Waiting bytes at which it is written at once. */
  readonly flushBytes?: number;
  /** Bytes of a batch; default: all that may wait, so that a backlog is few files. */
  readonly batchBytes?: number;
  /** Bytes and texts that may wait; what comes when it is full is dropped and counted. */
  readonly maxBytes?: number;
  readonly maxRecords?: number;
  /** Milliseconds until a failed batch is tried again; doubled up to 30 s. */
  readonly retryMs?: number;
  /** What problems call it. */
  readonly label: string;
}

export interface TransportStats {
  readonly waiting: number;
  readonly written: number;
  readonly lost: number;
  readonly failures: number;
}

export interface Transport {
  readonly send: (text: string) => void;
  /** Answers when everything has been tried, after 5 s in any case. Never rejects. */
  readonly flush: () => Promise<void>;
  /** flush(); what comes afterwards is let go. */
  readonly close: () => Promise<void>;
  /** Writes what waits before it returns. For a process that is about to end. */
  readonly flushSync: () => void;
  readonly stats: () => TransportStats;
}

const MOST_RETRY_MS = 30_000;
/** A disk that hangs holds up nobody who waits for a flush. */
const FLUSH_LIMIT_MS = 5000;
/** A write that has gone on for so long is taken to hang: the same at the process' exit would never end. */
const HANGS_MS = 2000;

function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

interface Ending {
  readonly onBeforeExit: () => void;
  readonly flushSync: () => void;
}

/** All that have anything to write when the process ends: one listener does for all of them. */
const open = new Set<Ending>();
let isWaitingForExit = false;

function atExit(ending: Ending): void {
  open.add(ending);
  if (isWaitingForExit) return;
  isWaitingForExit = true;
  process.on("beforeExit", () => {
    for (const { onBeforeExit } of open) onBeforeExit();
  });
  process.on("exit", () => {
    for (const { flushSync } of open) flushSync();
  });
}

export function openTransport(writer: BatchWriter, options: TransportOptions): Transport {
  const { flushMs = 250, flushBytes = 256 * 1024, maxBytes = 8 * 1024 * 1024, maxRecords = 20_000 } = options;
  const { retryMs = 1000, batchBytes = maxBytes, label } = options;
  let queue: string[] = [];
  let bytes = 0;
  /** Taken from the queue and not known to be written. */
  let inFlight: readonly string[] = [];
  let inFlightBytes = 0;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isUrgent = false;
  let isClosed = false;
  let isListening = false;
  let written = 0;
  let lost = 0;
  let untold = 0;
  let failures = 0;
  /** When the write that goes on began. */
  let writingSince = 0;

  function arm(delay: number): void {
    if (timer) return;
    timer = setTimeout(() => {
      timer = null;
      void pump();
    }, delay);
    // Timers that a test environment puts in the place of Node's may have none.
    timer.unref?.();
  }

  function disarm(): void {
    if (timer) clearTimeout(timer);
    timer = null;
  }

  function send(text: string): void {
    if (isClosed) return;
    const size = Buffer.byteLength(text);
    if (queue.length + inFlight.length >= maxRecords || bytes + inFlightBytes + size > maxBytes) {
      lost++;
      untold++;
      return;
    }
    queue.push(text);
    bytes += size;
    if (!isListening) listen();
    if (failures > 0) return; // The retry's timer runs.
    if (bytes < flushBytes) arm(flushMs);
    else if (!isUrgent && !running) {
      isUrgent = true;
      setImmediate(() => {
        isUrgent = false;
        void pump();
      }).unref?.();
    }
  }

  /** The next batch from the front of the queue. */
  function take(): void {
    let size = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || size < batchBytes)) size += Buffer.byteLength(queue[count++]!);
    inFlight = queue.slice(0, count);
    queue = queue.slice(count);
    inFlightBytes = size;
    bytes -= size;
  }

  function pump(): Promise<void> {
    running ??= work().finally(() => {
      running = null;
      if (queue.length + inFlight.length > 0) arm(failures > 0 ? retryDelay() : flushMs);
    });
    return running;
  }

  const retryDelay = (): number => Math.min(MOST_RETRY_MS, retryMs * 2 ** Math.min(failures - 1, 10));

  async function work(): Promise<void> {
    disarm();
    while (inFlight.length + queue.length > 0) {
      if (inFlight.length === 0) take();
      writingSince = performance.now();
      try {
        await writer.write(inFlight);
      } catch (error) {
        failures++;
        if (failures === 1) report("spool", `${label}: write ${inFlight.length} records`, error);
        return;
      }
      written += inFlight.length;
      inFlight = [];
      inFlightBytes = 0;
      failures = 0;
      if (untold > 0) await tell();
    }
  }

  async function tell(): Promise<void> {
    const count = untold;
    untold = 0;
    report("spool", `${label}: ${count} records were dropped, too many waited`);
    try {
      await writer.onLost?.(count);
    } catch (error) {
      report("spool", `${label}: count lost records`, error);
    }
  }

  /** Tries everything that waits, once more where it failed. */
  async function empty(): Promise<void> {
    if (running) await running;
    await pump();
  }

  // After a failure nothing is tried: it would keep the process from ending.
  const onBeforeExit = (): void => {
    if (failures === 0 && queue.length > 0) void pump();
  };
  const flushSync = (): void => {
    const rest = [...inFlight, ...queue];
    const hangs = inFlight.length > 0 && running !== null && performance.now() - writingSince > HANGS_MS;
    if (rest.length === 0 || hangs) return;
    try {
      writer.writeSync(rest);
      [queue, inFlight, bytes, inFlightBytes] = [[], [], 0, 0];
    } catch (error) {
      report("spool", `${label}: write ${rest.length} records at exit`, error);
    }
  };

  const ending = { onBeforeExit, flushSync };
  function listen(): void {
    isListening = true;
    atExit(ending);
  }

  return {
    send,
    flush: () => atMost(FLUSH_LIMIT_MS, empty()),
    async close() {
      isClosed = true;
      await atMost(FLUSH_LIMIT_MS, empty());
      disarm();
      if (queue.length + inFlight.length === 0) open.delete(ending);
    },
    flushSync,
    stats: () => ({ waiting: queue.length + inFlight.length, written, lost, failures }),
  };
}
