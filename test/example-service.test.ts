/** The example service under load: no log line, model call or record with a wrong session, and none missing. */
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finished } from "./command.ts";
import {
  type Answered,
  callerWorkspace,
  commandOf,
  droppedRecords,
  type ExampleMachine,
  exampleMachine,
  type Json,
  jsonLines,
  modelCalls,
  questionOf,
  type SpoolRecord,
  serviceLog,
  spooled,
  startExample,
  takeIn,
} from "./example-service.ts";

/** All are begun before the first is answered; CONNECTIONS of them are on their way at any time. */
const REQUESTS = Number(process.env.CLEW_EXAMPLE_REQUESTS ?? 200);
const CONNECTIONS = Number(process.env.CLEW_EXAMPLE_CONNECTIONS ?? 500);

/** Requests that the archive is asked about one by one. */
const SAMPLE = Number(process.env.CLEW_EXAMPLE_SAMPLE ?? 1);

let machine: ExampleMachine;
let answers: readonly Answered[];
let lines: readonly Json[];
let calls: readonly Json[];
let records: readonly SpoolRecord[];
let finished: Finished;
/** By the marker. */
let byQuestion: ReadonlyMap<unknown, Answered>;
/** First line of a request, by the marker. */
let firstOf: ReadonlyMap<unknown, Json>;
/** By session id. */
let startOf: ReadonlyMap<string, Json>;

const sessionIn = ({ correlation_id }: SpoolRecord): string => correlation_id.split(":")[1] ?? "";
/** The caller's, where it has one; else that of the request's first line. */
const traceOf = ({ caller, asked }: Answered): unknown => caller.traceId ?? firstOf.get(asked.question)?.trace_id;

beforeAll(async () => {
  machine = exampleMachine();
  const example = await startExample(machine);
  try {
    answers = await example.ask(REQUESTS, CONNECTIONS);
  } finally {
    finished = await example.stop();
  }
  lines = jsonLines(serviceLog(machine));
  calls = modelCalls(machine);
  records = spooled(machine);
  byQuestion = new Map(answers.map((answer) => [answer.asked.question, answer]));
  firstOf = new Map(lines.filter(({ msg }) => msg === "asked").map((line) => [line.question, line]));
  startOf = new Map(
    records.filter(({ type }) => type === "session.start").map((record) => [sessionIn(record), record.data]),
  );
}, 900_000);

afterAll(() => {
  if (machine) rmSync(String(machine.env.HOME), { recursive: true, force: true });
});

test("the service has answered, refused where its model did, and had nothing to complain of", () => {
  expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  expect(new Set(answers.map(({ sessionId }) => sessionId)).size).toBe(REQUESTS);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 502]));
});

describe("log lines", () => {
  test("with a marker carry the session of that marker's request", () => {
    const marked = lines.filter(({ question }) => question !== undefined);
    const wrong = marked.filter((line) => {
      const answer = byQuestion.get(line.question)!;
      const isChild = line.msg === "proofread";
      const session = isChild ? answer.proofreader : answer.sessionId;
      const isBelow = !isChild || startOf.get(String(session))?.parent_session_id === answer.sessionId;
      const correlation = `${line.workspace}:${session}`;
      return line.session_id !== session || line.correlation_id !== correlation || !isBelow;
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    const strays = marked.filter((line) => line.trace_id !== traceOf(byQuestion.get(line.question)!));
    expect(strays.slice(0, 3)).toEqual([]);
  });

  test("are there, each once, whoever wrote them: request, timer, emitter, child process, worker thread", () => {
    const written = new Map<unknown, unknown[]>(answers.map(({ asked }) => [asked.question, []]));
    for (const { question, msg } of lines) if (msg !== "the model takes its time") written.get(question)?.push(msg);
    const wrong = answers.filter(({ asked, status }) => {
      const later = [
        ...(asked.proofread ? ["proofreader started", "proofread", "proofreader finished"] : []),
        ...(asked.count ? ["words counted", "word counter finished"] : []),
        "answered",
      ];
      const expected = ["asked", ...(status === 200 ? later : ["the model failed"])];
      return written.get(asked.question)?.sort().join() !== expected.sort().join();
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    for (const message of ["the model takes its time", "the model failed", "proofread", "words counted"])
      expect(lines.some(({ msg }) => msg === message)).toBe(true);
    expect(lines.filter(({ question }) => question === undefined).map(({ msg }) => msg)).toEqual(["listening"]);
  });
});

describe("model calls", () => {
  test("are a line each, under the session and the trace of the request", () => {
    expect(calls.map(questionOf).sort()).toEqual(answers.map(({ asked }) => asked.question).sort());
    const wrong = calls.filter((call) => {
      const answer = byQuestion.get(questionOf(call))!;
      const isRight =
        call.session_id === answer.sessionId &&
        call.correlation_id === `${call.workspace}:${answer.sessionId}` &&
        call.trace_id === traceOf(answer) &&
        call.streaming === answer.asked.stream &&
        (call.error !== null) === (answer.status === 502);
      return !isRight;
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(new Set(calls.map(({ interaction_id }) => interaction_id)).size).toBe(REQUESTS);
    expect(calls.some(({ streaming, error }) => streaming && error !== null)).toBe(true);
  });

  test("are told to Clew under the same number and session", () => {
    const told = records.filter(({ type }) => type === "interaction");
    const pairs = told.map((record) => `${record.data.interaction_id} ${sessionIn(record)}`);
    expect(pairs.sort()).toEqual(calls.map((call) => `${call.interaction_id} ${call.session_id}`).sort());
  });
});

describe("records for Clew", () => {
  test("are a start and an end for each session, none dropped", () => {
    expect(droppedRecords(machine)).toBe(0);
    const count = (type: string): ReadonlyMap<string, number> => {
      const counts = new Map<string, number>();
      for (const record of records.filter((given) => given.type === type))
        counts.set(sessionIn(record), (counts.get(sessionIn(record)) ?? 0) + 1);
      return counts;
    };
    const proofreaders = answers.flatMap(({ proofreader }) => proofreader ?? []);
    const service = records.find(({ data }) => data.name === "answers")!;
    const sessions = [sessionIn(service), ...proofreaders, ...answers.map(({ sessionId }) => sessionId)];
    const once = new Map(sessions.map((id) => [id, 1]));
    expect(count("session.start")).toEqual(once);
    expect(count("session.end")).toEqual(once);
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  });

  test("name the caller that the request named, and how it ended", () => {
    const endOf = new Map(records.filter(({ type }) => type === "session.end").map((r) => [sessionIn(r), r.data]));
    const wrong = answers.filter(({ sessionId, caller, status }) => {
      const { parent_session_id, trigger } = startOf.get(sessionId) ?? {};
      const isParentRight = caller.sessionId === null || parent_session_id === caller.sessionId;
      const end = status === 200 ? "completed" : "failed";
      return !isParentRight || trigger !== "http" || endOf.get(sessionId)?.status !== end;
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(records.some((record) => record.correlation_id.startsWith(callerWorkspace))).toBe(false);
  });
});

describe("in the archive", () => {
  interface Shown {
    readonly calls: readonly Json[];
    readonly lines: readonly Json[];
    readonly timeline: { readonly rows: readonly Json[] } | null;
  }
  const show = async (id: string): Promise<Shown> =>
    JSON.parse(await commandOf(machine, "show", id, "--logs", "--limit", "1000", "--json")) as Shown;
  const rows = async (sql: string): Promise<readonly Json[]> =>
    (JSON.parse(await commandOf(machine, "sql", sql, "--limit", "all", "--json")) as { readonly rows: readonly Json[] })
      .rows;
  /** Some of all, and one of each kind. */
  const sampled = (): readonly Answered[] => {
    const kinds = [
      ({ asked }: Answered) => asked.proofread,
      ({ asked }: Answered) => asked.count,
      ({ asked }: Answered) => asked.stream,
      ({ status }: Answered) => status === 502,
    ];
    const step = Math.max(1, Math.floor(REQUESTS / SAMPLE));
    const some = answers.filter((_, index) => index % step === 0);
    return [...new Set([...some, ...kinds.map((is) => answers.find(is)!)])];
  };

  beforeAll(() => takeIn(machine), 900_000);

  test("every line and every call is there, once, in its session", async () => {
    const stored = await rows("SELECT session_id, message, joined_by FROM log_lines");
    const key = ({ session_id, message, msg }: Json): string => `${session_id} ${message ?? msg}`;
    expect(stored.map(key).sort()).toEqual(lines.map(key).sort());
    expect(new Set(stored.map(({ joined_by }) => joined_by))).toEqual(new Set(["id"]));
    const made = await rows("SELECT session_id, interaction ->> 'number' AS number FROM model_calls");
    expect(made.map((call) => `${call.number} ${call.session_id}`).sort()).toEqual(
      calls.map((call) => `${call.interaction_id} ${call.session_id}`).sort(),
    );
  });

  test("tokens are those of the calls, though two files tell of each", async () => {
    const { totals } = JSON.parse(await commandOf(machine, "cost", "--by", "model", "--json")) as {
      readonly totals: Json;
    };
    const sum = (kind: string): number =>
      calls.reduce((total, { usage }) => total + Number((usage as Json | null)?.[kind] ?? 0), 0);
    expect(totals).toMatchObject({ input_tokens: sum("input_tokens"), output_tokens: sum("output_tokens") });
  });

  test("one command leads from a line to its call, one back", { timeout: 600_000 }, async () => {
    for (const { asked, sessionId } of sampled()) {
      const call = calls.find((one) => questionOf(one) === asked.question)!;
      const { timeline } = await show(sessionId);
      const inSession = (source: string): readonly Json[] =>
        timeline?.rows.filter((row) => row.source === source && row.session_id === sessionId) ?? [];
      const [line] = inSession("log");
      expect(inSession("llm")).toHaveLength(1);
      const found = (await show(String(line?.event_id))).calls;
      expect(found.map(({ interaction }) => (interaction as Json).number)).toEqual([call.interaction_id]);
      const back = (await show(String(found[0]?.call_key))).lines;
      expect(back.map(({ event_id }) => event_id)).toContain(line?.event_id);
      expect(new Set(back.map(({ session_id }) => session_id))).toEqual(new Set([sessionId]));
    }
  });
});
