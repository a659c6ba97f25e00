/** @module The service's log: JSON lines by pino, appended to logs/service.log, each under the session that writes it. */
import { sessionLogger } from "clew-sdk/pino";
import pino from "pino";

export const log = sessionLogger(
  pino({ name: "answers" }, pino.destination({ dest: "logs/service.log", mkdir: true, append: true })),
);
