import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventIdOf, UNCORRELATED_SESSION } from "../../base/ids.ts";
import { encodeSpoolRecord } from "../../base/spool-record.ts";
import { parseSpooled } from "../spooled.ts";
import { readSchemaRow, SCHEMA_TABLES, type SchemaNames } from "./claude-schema.ts";
import { textsOf, timeIn, writtenTime } from "./foreign-row.ts";
import { type ImportItem, importedSessionId, plainIdentity } from "./import-record.ts";
import { LOGGER_TABLES, readLoggerRow } from "./logger-tables.ts";
import { filePartOf, fileRecordId, fileRecords, sha256Of, wholeFile } from "./original-file.ts";
import { importSessionFile, readSessionFile } from "./session-file.ts";
import { DEFAULT_FORM, editedSessionText, formOf, newSessionText } from "./session-form.ts";
import { readTodoFile } from "./todo-list.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const MTIME = Date.UTC(2025, 9, 1);
const ROOT = "5d1f6c1e-90ab-4c3e-8f0e-3a6b7c8d9e0f";

const fileOf = (name: string, content: unknown) => ({
  name,
  bytes: Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === "string" ? content : JSON.stringify(content)),
  mtimeMs: MTIME,
});
const typesOf = (item: ImportItem): readonly string[] => item.records.map(({ type }) => type);
const sessionsOf = (item: ImportItem): readonly string[] => [
  ...new Set(item.records.map(({ correlation_id }) => correlation_id.split(":")[1]!)),
];
/** What the records become in the store. */
function eventsOf(item: ImportItem) {
  const body = Buffer.from(JSON.stringify(item.records));
  return parseSpooled(encodeSpoolRecord({ kind: "event", fields: { at: "0", import: "json" }, body }), NOW);
}
const namesOf = (): SchemaNames => ({
  identities: new Map([["ff32", "claude-ato"]]),
  workspaces: new Map([["loom", "/home/ada/loom"]]),
  newest: new Map(),
  repeated: new Map(),
});

describe("times", () => {
  test.each([
    [1761386400, "seconds", "2025-10-25T10:00:00.000Z"],
    [1761386400.25, "seconds", "2025-10-25T10:00:00.250Z"],
    [1761386400250, "milliseconds", "2025-10-25T10:00:00.250Z"],
    ["1761386400", "seconds", "2025-10-25T10:00:00.000Z"],
    ["2025-10-25T10:00:00Z", "iso", "2025-10-25T10:00:00.000Z"],
    ["2025-10-25T12:00:00.5+02:00", "iso", "2025-10-25T10:00:00.500Z"],
    ["2025-10-25 10:00:00.123456+00", "iso", "2025-10-25T10:00:00.123Z"],
    ["2025-10-25T10:00:00.123456", "naive", "2025-10-25T10:00:00.123Z"],
    ["2025-10-25 10:00:00", "naive", "2025-10-25T10:00:00.000Z"],
    ["2025-10-25", "naive", "2025-10-25T00:00:00.000Z"],
  ])("%j is %s", (value, form, iso) => {
    const time = timeIn(value);
    expect(time && [time.form, new Date(time.ms).toISOString()]).toEqual([form, iso]);
    expect(timeIn(writtenTime(time!.ms, time!.form))).toEqual(time);
  });

  test.each(["", "soon", "12", null, undefined, {}, -5, 0, Number.NaN, "2025-99-99T00:00:00Z", true])(
    "%j is none",
    (value) => {
      expect(timeIn(value)).toBeNull();
    },
  );
});

test("names and ids fit where they go", () => {
  expect(plainIdentity("Zoë  Ångström (she)")).toBe("Zoe-Angstrom-she");
  expect(plainIdentity("ada@example.org")).toBe("ada@example.org");
  expect([plainIdentity(" ☃ "), plainIdentity(null)]).toEqual([null, null]);
  expect(importedSessionId("a b", "x")).toMatch(/^h-[0-9a-f]{32}$/);
  expect([importedSessionId(7, "agent"), importedSessionId("7", "agent"), importedSessionId("loom-1", "x")]).toEqual([
    "agent-7",
    "agent-7",
    "loom-1",
  ]);
  expect([importedSessionId("", "x"), importedSessionId(null, "x"), importedSessionId({}, "x")]).toEqual([
    null,
    null,
    null,
  ]);
  expect(textsOf({ a: '["x", {"text": "y"}]', b: "p, q" }, ["a"])).toEqual(["x", "y"]);
});

describe("todo lists", () => {
  test("of the main agent and of a subagent", () => {
    const items = [{ content: "Warp", status: "completed", activeForm: "Warping" }, { content: "Weave" }];
    const item = readTodoFile(fileOf(`${ROOT}-agent-${ROOT}.json`, items));
    expect([typesOf(item), sessionsOf(item), item.problems]).toEqual([["todos.imported"], [ROOT], []]);
    expect(item.records[0]).toMatchObject({
      ts: new Date(MTIME).toISOString(),
      message: "Warp\nWeave",
      data: {
        todos: [
          { text: "Warp", status: "completed" },
          { text: "Weave", status: "pending" },
        ],
        items,
      },
    });
    const other = readTodoFile(fileOf(`${ROOT}-agent-77aa21bc.json`, items));
    expect(sessionsOf(other)).toEqual([`${ROOT}.77aa21bc`]);
    expect(eventsOf(other)[0]?.rootSessionId).toBe(ROOT);
  });

  test("an empty one says nothing; what is none is kept with its bytes", () => {
    expect(readTodoFile(fileOf(`${ROOT}-agent-${ROOT}.json`, "[]"))).toMatchObject({ records: [], problems: [] });
    for (const [name, content] of [
      [`${ROOT}-agent-${ROOT}.json`, "{}"],
      [`${ROOT}-agent-${ROOT}.json`, "[{"],
      [`${ROOT}-agent-${ROOT}.json`, ""],
      ["notes.json", "[]"],
      ["../x-agent-y.json", "[]"],
    ] as const) {
      const item = readTodoFile(fileOf(name, content));
      expect([typesOf(item), item.problems.length]).toEqual([["import.file"], 1]);
    }
  });

  test("the same list has the same id, wherever it is read; a changed one is another", () => {
    const idsOf = (items: unknown): readonly string[] =>
      readTodoFile({ ...fileOf(`${ROOT}-agent-${ROOT}.json`, items), mtimeMs: Math.random() * 1e12 }).records.map(
        ({ id }) => id,
      );
    expect(idsOf([{ status: "pending", content: "Warp" }])).toEqual(idsOf([{ content: "Warp", status: "pending" }]));
    expect(idsOf([{ content: "Warp", status: "done" }])).not.toEqual(idsOf([{ content: "Warp", status: "pending" }]));
  });
});

describe("a session's file", () => {
  test("in one spelling and in another", () => {
    const spellings = [
      {
        session_id: "s-1",
        started_at: 1761386400,
        ended_at: 1761390000,
        status: "completed",
        workspace_path: "/w/",
        parent_session_id: "p",
        trigger_source: "user",
      },
      {
        id: "s-1",
        start: "2025-10-25T10:00:00Z",
        end: "2025-10-25T11:00:00Z",
        state: "DONE",
        cwd: "/w",
        parent: "p",
        trigger: "user",
      },
      {
        sessionId: "s-1",
        startTime: 1761386400000,
        endTime: "2025-10-25 11:00:00",
        workspace: "/w",
        parentId: "p",
        triggerSource: "user",
      },
    ];
    for (const row of spellings) {
      const read = readSessionFile(fileOf("x.json", row));
      expect("file" in read && read.file).toMatchObject({
        sessionId: "s-1",
        fields: {
          workspace: "/w",
          parent: "p",
          trigger: "user",
          title: null,
          status: "completed",
          started_at: Date.UTC(2025, 9, 25, 10),
          ended_at: Date.UTC(2025, 9, 25, 11),
        },
      });
    }
  });

  test("without an id it is called as its file, without a start it began when the file was written", () => {
    const item = importSessionFile(
      fileOf("loom-9.json", { status: "failed", events: ["a", { type: "log", message: "b" }] }),
    );
    expect(sessionsOf(item)).toEqual(["loom-9"]);
    expect(new Set(item.records.map(({ ts }) => ts))).toEqual(new Set([new Date(MTIME).toISOString()]));
    expect(typesOf(item)).toEqual(["session.start", "event", "imported.log", "session.end", "import.file"]);
    expect(item.problems).toEqual(["loom-9.json: 2 events have no time: kept at the one before"]);
  });

  test("events that say the same are as many as there are, and new ones add only themselves", () => {
    const beat = { type: "beat", timestamp: 1761386400 };
    const idsOf = (events: readonly unknown[]): ReadonlySet<string> =>
      new Set(
        importSessionFile(fileOf("s.json", { id: "s", start: 1, events }))
          .records.filter(({ type }) => type === "beat")
          .map(({ id }) => id),
      );
    const [two, three] = [idsOf([beat, beat]), idsOf([beat, { type: "other" }, beat, beat])];
    expect([two.size, three.size]).toEqual([2, 3]);
    expect([...two].every((id) => three.has(id))).toBe(true);
  });

  test("what it says of outcome, todos and money has records of its own", () => {
    const row = {
      id: "s",
      start: 1761386400,
      summary: "Dyed",
      tasks_completed: ["Red"],
      todos: [{ content: "Blue" }],
      cost_usd: 1.5,
      models: '["m"]',
      usage: { input_tokens: 9 },
    };
    const item = importSessionFile(fileOf("s.json", row));
    expect(typesOf(item)).toEqual([
      "session.start",
      "session.outcome",
      "todos.imported",
      "usage.imported",
      "import.file",
    ]);
    expect(item.records.find(({ type }) => type === "usage.imported")?.data).toEqual({
      key: "s",
      model: "m",
      input_tokens: 9,
      output_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      cost_usd: 1.5,
    });
  });

  test.each([
    ["empty", "", "it is empty"],
    ["no JSON", "{", "no JSON from character 1 on"],
    ["a list", "[]", "it holds a list, not one session"],
    ["a number", "5", "it holds no object"],
    ["too deep", `${"[".repeat(2000)}${"]".repeat(2000)}`, "nested deeper than 512"],
  ])("%s is kept and said", (_, content, problem) => {
    const item = importSessionFile(fileOf("x.json", content));
    expect([typesOf(item), item.problems]).toEqual([["import.file"], [expect.stringContaining(problem.slice(0, 12))]]);
    expect(sessionsOf(item)).toEqual([UNCORRELATED_SESSION]);
  });

  test("bytes that are not UTF-8, ids that are none, times of the future and words nobody knows are said", () => {
    const bytes = Buffer.from('{"id":"\xff\xfe","status":"purple","start":"never","end":9999999999}', "latin1");
    const item = importSessionFile(fileOf("x.json", bytes));
    expect(item.problems).toEqual(["x.json: bytes that are not UTF-8", "x.json: its start is no time"]);
    expect(sessionsOf(item)[0]).toMatch(/^h-/);
    const future = importSessionFile(fileOf("y.json", { id: "y", start: 9_999_999_999 }));
    const [start] = eventsOf(future);
    expect([start?.ts, start?.facts.filter(({ kind }) => kind === "problem")]).toEqual([
      null,
      [expect.objectContaining({ reason: "future_time" })],
    ]);
  });

  test("is never read wrongly, whatever it holds: no throw, every record parses, the file comes back", () => {
    const value = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc
        .dictionary(
          fc.constantFrom(
            "id",
            "session_id",
            "start",
            "end",
            "status",
            "events",
            "parent",
            "todos",
            "cost",
            "models",
            "usage",
            "tags",
            "x",
          ),
          fc.jsonValue(),
        )
        .map((row) => Buffer.from(JSON.stringify(row))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(value, fc.string({ maxLength: 20 }), (bytes, stem) => {
        const item = importSessionFile({ name: `${stem}.json`, bytes, mtimeMs: MTIME });
        const again = importSessionFile({ name: `${stem}.json`, bytes, mtimeMs: MTIME + 5 });
        expect(again.records.map(({ id }) => id)).toEqual(item.records.map(({ id }) => id));
        const events = eventsOf(item);
        expect(events.map(({ eventId }) => eventId)).toEqual(item.records.map(({ id }) => eventIdOf(`clew:${id}`)));
        const parts = item.records.flatMap((record) => {
          const part = record.type === "import.file" ? filePartOf({ data: record.data }) : null;
          return part ? [part] : [];
        });
        expect(wholeFile(parts)?.bytes.equals(bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test("a large file is kept in parts that hold whole characters", () => {
  const bytes = Buffer.from(`"${"é☃🧶".repeat(700_000)}"`);
  const records = fileRecords({ name: "x.json", bytes, mtimeMs: MTIME }, { sessionId: "s", workspace: null, ts: 1 });
  expect(records.length).toBeGreaterThan(1);
  expect(records.map(({ id }) => id)).toEqual(records.map((_, part) => fileRecordId("x.json", sha256Of(bytes), part)));
  expect(records.every(({ data }) => data?.encoding === "text")).toBe(true);
  const parts = records.map(({ data }) => filePartOf({ data })!);
  expect(wholeFile(parts.toReversed())?.bytes.equals(bytes)).toBe(true);
  expect(wholeFile(parts.slice(1))).toBeNull();
});

describe("a file is written as its program writes it", () => {
  const fields = {
    workspace: "/w",
    parent: null,
    trigger: "cron",
    title: "A",
    status: "completed",
    started_at: 1761386400000,
    ended_at: 1761386500000,
  } as const;
  const events = [{ clewId: "c-1", type: "beat", ts: 1761386450000, message: "m", data: { a: 1 } }];

  test("a new one reads back as what was meant", () => {
    for (const form of [
      DEFAULT_FORM,
      { ...DEFAULT_FORM, time: "seconds", indent: "", isNewlineAtEnd: false } as const,
    ]) {
      const text = newSessionText("s-1", fields, events, form);
      const read = readSessionFile(fileOf("s-1.json", text));
      expect("file" in read && [read.file.sessionId, read.file.fields]).toEqual(["s-1", fields]);
      expect("file" in read && read.file.events).toEqual([{ recordId: "c-1", ts: 1761386450000, record: null }]);
      expect(text.includes("\n")).toBe(form.indent !== "");
    }
  });

  test("an edit keeps every byte that it does not mean", () => {
    const text =
      '{\n\t"id": "s-1", "odd": 12345678901234567890,\n\t"ratio": 1.0,\n\t"start": 1761386400,\n\t"state": "running",\n\t"events": [\n\t\t{"name": "x", "ts": 1}\n\t]\n}';
    const read = readSessionFile(fileOf("session-s-1.json", text));
    if (!("file" in read)) throw new Error(read.problem);
    expect(formOf(read.file)).toMatchObject({
      prefix: "session-",
      suffix: ".json",
      time: "seconds",
      isNewlineAtEnd: false,
    });
    const edited = editedSessionText(read.file, fields, ["status", "ended_at"], events, DEFAULT_FORM);
    expect(edited).toContain(
      '"odd": 12345678901234567890,\n\t"ratio": 1.0,\n\t"start": 1761386400,\n\t"state": "completed"',
    );
    const again = readSessionFile(fileOf("session-s-1.json", edited));
    expect("file" in again && again.file.fields).toMatchObject({
      status: "completed",
      ended_at: 1761386500000,
      title: null,
    });
    expect("file" in again && again.file.events.map(({ recordId }) => recordId)).toContain("c-1");
  });
});

describe("rows of databases", () => {
  test("a logger's session, its usage, and an entry in two states", () => {
    const row = {
      session_id: ROOT,
      project: "loom",
      cwd: "/home/ada/loom",
      started_at: "2026-01-05 08:00:00",
      ended_at: "2026-01-05 09:00:00",
      models: "a, b",
      input_tokens: 10,
      output_tokens: 5,
      cache_write_tokens: 3,
      cache_read_tokens: 2,
      cost_usd: 0.5,
      title: "Dye",
      created_by: "Ada L",
      synced: false,
    };
    const item = readLoggerRow("sessions", row, NOW);
    expect(typesOf(item)).toEqual(["session.start", "session.end", "usage.imported"]);
    expect(item.records[0]).toMatchObject({
      ts: "2026-01-05T08:00:00.000Z",
      data: { agent: "claude-code", cwd: "/home/ada/loom", identity: "Ada-L", name: "Dye" },
    });
    expect(item.records[2]?.data).toMatchObject({
      model: null,
      models: ["a", "b"],
      cache_creation_input_tokens: 3,
      cost_usd: 0.5,
    });
    const sent = readLoggerRow("sessions", { ...row, synced: true }, NOW + 1);
    expect(sent.records.map(({ id }) => id)).toEqual(item.records.map(({ id }) => id));
    const entry = {
      id: "e-1",
      session_id: ROOT,
      logged_at: "2026-01-05 08:10:00",
      category: "issue",
      status: "open",
      title: "Runs",
      body: "all of it",
      updated_at: null,
    };
    const open = readLoggerRow("log_entries", entry, NOW).records[0]!;
    const closed = readLoggerRow(
      "log_entries",
      { ...entry, status: "resolved", updated_at: "2026-01-09 10:00:00" },
      NOW,
    ).records[0]!;
    expect([open.message, open.ts, closed.ts]).toEqual([
      "Runs\n\nall of it",
      "2026-01-05T08:10:00.000Z",
      "2026-01-09T10:00:00.000Z",
    ]);
    expect(open.id).not.toBe(closed.id);
  });

  test("a schema's sessions, agents, state, calls and messages", () => {
    const names = namesOf();
    const read = (table: (typeof SCHEMA_TABLES)[number], row: Record<string, unknown>): ImportItem =>
      readSchemaRow(table, row, names, NOW);
    const session = read("sessions", {
      session_id: ROOT,
      identity_id: "ff32",
      project_name: "loom",
      session_start: "2026-01-05T08:00:00Z",
      session_end: "2026-01-05T09:00:00Z",
      session_summary: "Dyed",
      tasks_completed: ["red"],
      learnings_gained: ["salt"],
    });
    expect(typesOf(session)).toEqual(["session.start", "session.end", "session.outcome"]);
    expect(session.records[0]?.data).toMatchObject({ cwd: "/home/ada/loom", identity: "claude-ato" });
    const agent = read("agent_sessions", {
      session_id: "a1b2",
      parent_session_id: ROOT,
      agent_type: "weaver",
      task_description: "Weave",
      success: false,
      result: "no thread",
      cost_usd: 0.2,
      created_at: "2026-01-05T08:30:00Z",
    });
    expect(
      agent.records.map(({ type, data }) => [type, data?.parent_session_id ?? data?.status ?? data?.cost_usd]),
    ).toEqual([
      ["session.start", ROOT],
      ["session.end", "failed"],
      ["usage.imported", 0.2],
    ]);
    const orphan = read("agent_sessions", { session_id: "c3", success: true });
    expect(orphan.problems).toEqual(["agent session c3 names no session that started it"]);
    const state = read("session_state", {
      project_name: "loom",
      todo_list: '["Weave"]',
      current_focus: "red",
      next_steps: "Rinse",
      updated_at: "2026-01-05T09:00:00Z",
    });
    expect([typesOf(state), sessionsOf(state), state.records[0]?.data]).toEqual([
      ["session.state"],
      [ROOT],
      expect.objectContaining({ focus: "red", next_steps: ["Rinse"], todos: [{ text: "Weave", status: "pending" }] }),
    ]);
    expect(typesOf(read("session_state", { project_name: "else" }))).toEqual(["import.session_state"]);
    const call = {
      session_id: ROOT,
      tool_name: "find",
      mcp_server: "yarn",
      success: true,
      duration_ms: 12,
      created_at: "2026-01-05T08:20:00Z",
    };
    const [first, second] = [read("mcp_usage", call).records[0]!, read("mcp_usage", call).records[0]!];
    expect([first.type, first.message, first.id === second.id]).toEqual(["mcp.usage.imported", "yarn find", false]);
    const message = read("messages", {
      message_id: "m",
      from_session_id: ROOT,
      to_project: "loom",
      subject: "Hello",
      body: "there",
    }).records[0]!;
    expect([message.type, message.message]).toEqual(["message.imported", "Hello\n\nthere"]);
  });

  test("rows of any shape: nothing throws, and what is told parses", () => {
    const column = fc.constantFrom(
      "id",
      "session_id",
      "parent_session_id",
      "project_name",
      "started_at",
      "session_start",
      "success",
      "todo_list",
      "models",
      "cost_usd",
      "result",
      "title",
      "body",
      "identity_id",
      "logged_at",
    );
    fc.assert(
      fc.property(fc.dictionary(column, fc.jsonValue()), (row) => {
        const items = [
          ...LOGGER_TABLES.map((table) => readLoggerRow(table, row, NOW)),
          ...SCHEMA_TABLES.map((table) => readSchemaRow(table, row, namesOf(), NOW)),
        ];
        for (const item of items) {
          expect(item.records.length + item.problems.length).toBeGreaterThan(0);
          if (item.records.length > 0) expect(eventsOf(item)).toHaveLength(item.records.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
