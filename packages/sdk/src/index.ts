/** @module What a program imports from `clew-sdk`. */
export { childEnv, traceHeaders, workerOptions } from "./child-env.ts";
export { type ConfigureOptions, close, configure, flush, problemCount } from "./configure.ts";
export {
  bind,
  bindCallback,
  bindEmitter,
  correlationId,
  currentSession,
  sessionId,
  startSession,
  unbind,
  withSession,
} from "./context.ts";
export type { ErrorData } from "./describe-error.ts";
export { logFields } from "./log-fields.ts";
export { createMetrics, type MetricsProcessor, type MetricsSnapshot, type SessionMetrics } from "./metrics.ts";
export { onProblem, type ProblemHandler, type SdkProblem } from "./problems.ts";
export { addProcessor, type Processor } from "./processors.ts";
export type { RecordOptions } from "./record.ts";
export type { EndOptions, IncomingHeaders, Session, SessionOptions } from "./session.ts";
export type { LogFields, RecordSink, Settings } from "./state.ts";
export { trackSession } from "./track-session.ts";
export { type ClewRecord, type ClewSeverity, WIRE_VERSION } from "./wire.ts";
export {
  currentWorkspace,
  discoverWorkspace,
  type RequireWorkspaceOptions,
  requireWorkspace,
  type Workspace,
  WorkspaceError,
} from "./workspace.ts";
