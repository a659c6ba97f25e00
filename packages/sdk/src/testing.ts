/** @module `clew-sdk/testing`: keeps in memory what a program records, for its tests. */
import { configure, resetSettings } from "./configure.ts";
import { onProblem, type SdkProblem } from "./problems.ts";
import { addProcessor } from "./processors.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./state.ts";
import type { ClewRecord } from "./wire.ts";

/** OTLP/JSON of a span, of what it is of, and of what made it. */
export interface ExportedSpan {
  readonly signal: "traces";
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly item: Readonly<Record<string, unknown>>;
}

export interface Recorder {
  /** Everything that was recorded, oldest first. */
  readonly records: readonly ClewRecord[];
  /** Spans that clewSpanExporter exported, as they would go to Clew, oldest first. */
  readonly spans: readonly ExportedSpan[];
  /** Sessions that were opened, oldest first. */
  readonly sessions: readonly Session[];
  /** What the SDK itself failed at; a test usually expects none. */
  readonly problems: readonly SdkProblem[];
  /** Records of one type: "session.start", "log", ... */
  readonly ofType: (type: string) => readonly ClewRecord[];
  /** Records of one session, by id. */
  readonly ofSession: (sessionId: string) => readonly ClewRecord[];
  readonly clear: () => void;
  /** Ends the recording; the SDK is as it was before. */
  readonly stop: () => void;
}

/**
 * Nothing goes to the spool until `stop()`. The environment is empty unless one is given, so that a test does not join the
 * session that it is run in.
 */
export function startRecording(settings: Partial<Settings> = {}): Recorder {
  const records: ClewRecord[] = [];
  const spans: ExportedSpan[] = [];
  const sessions: Session[] = [];
  const problems: SdkProblem[] = [];
  resetSettings();
  configure({
    env: {},
    ...settings,
    sink: {
      send: (record) => void records.push(record),
      sendSpan: (item) => void spans.push(JSON.parse(item) as ExportedSpan),
      flush: async () => {},
      close: async () => {},
    },
  });
  onProblem((problem) => void problems.push(problem));
  addProcessor({ name: "recorder", onSessionStart: (session) => void sessions.push(session) });
  return {
    records,
    spans,
    sessions,
    problems,
    ofType: (type) => records.filter((record) => record.type === type),
    ofSession: (id) => records.filter((record) => record.correlation_id.endsWith(`:${id}`)),
    clear() {
      for (const list of [records, spans, sessions, problems]) list.length = 0;
    },
    stop: resetSettings,
  };
}
