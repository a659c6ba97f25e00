/** @module What the daemon does with telemetry that is sent to it: into the spool, durably, before anybody is answered. */

import { writeSpoolRecord } from "../spool/spool-directory.ts";
import { capKilobytes } from "../spool/spool-limits.ts";
import type { OtlpBusy, OtlpReceiver } from "../surfaces/http/routes/otlp.ts";

export interface SpoolReceiverOptions {
  readonly spool: string;
  readonly token: string | null;
  /** CLEW_SPOOL_MAX_KB, which hooks go by too. */
  readonly maxKilobytes: string | undefined;
  /** Told once of each new reason why nothing can be stored. */
  readonly onFailure: (message: string) => void;
}

export interface SpoolReceiver extends OtlpReceiver {
  /** What stood in the spool has been stored. */
  readonly drained: () => void;
}

/** Telemetry may fill half of what the spool may hold: hooks have the rest. */
const SHARE = 0.5;
const FULL: OtlpBusy = { status: 503, retryAfterSeconds: 5 };
const REFUSED: OtlpBusy = { status: 503, retryAfterSeconds: 30 };

export function createOtlpReceiver({ spool, token, maxKilobytes, onFailure }: SpoolReceiverOptions): SpoolReceiver {
  const limit = capKilobytes(maxKilobytes) * 1024 * SHARE;
  /** Bytes that were written since the spool was last emptied. */
  let waiting = 0;
  let told = "";
  return {
    token,
    accept(bodies) {
      const size = bodies.reduce((sum, body) => sum + body.length, 0);
      if (waiting > 0 && waiting + size > limit) return FULL;
      try {
        for (const body of bodies) writeSpoolRecord(spool, { kind: "otlp", fields: {}, body }, { durable: true });
      } catch (error) {
        // What was written before stands, and makes the same events when it is sent again.
        const { message } = error as Error;
        if (message !== told) onFailure(message);
        told = message;
        return REFUSED;
      }
      waiting += size;
      told = "";
      return undefined;
    },
    drained() {
      waiting = 0;
    },
  };
}
