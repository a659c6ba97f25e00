/** @module The tools save_state and end_session: what the next session starts with, and what this one came to. */
import { z } from "zod";
import { saidText, shortLine } from "../../../authoring/given-text.ts";
import { sessionAuthor } from "../../../query/session-author.ts";
import type { Answer, JsonRow } from "../answer.ts";
import { safeId } from "../safe-words.ts";
import type { ToolCall } from "../services.ts";
import { asSpeaker } from "../speaker.ts";
import { lineField, linesField, textField } from "../text-fields.ts";
import { refusal, writeTool } from "../tool.ts";

const STATE = {
  focus: lineField(500).nullable().optional().describe("what the project is at; null: nothing any more"),
  next_steps: linesField().optional().describe("replaces the list"),
  todos: z
    .array(
      z.strictObject({
        text: lineField(500),
        status: z.enum(["pending", "in_progress", "completed"]).default("pending"),
      }),
    )
    .max(50)
    .optional()
    .describe("replaces the list"),
};

const WRITTEN = { session_id: z.string(), why: z.string(), recorded: z.array(z.string()), passed_on: z.boolean() };

export const saveStateTool = writeTool({
  name: "save_state",
  title: "Save where the project stands",
  description:
    "Writes down what the project's next session is given at its start: focus, next steps, todos. What is left away stays as it is.",
  isIdempotent: true,
  input: STATE,
  output: WRITTEN,
  run: ({ max_tokens: _, ...state }, call) => report(call, "save_state", [["session.state", state]]),
});

export const endSessionTool = writeTool({
  name: "end_session",
  title: "Report what this session came to",
  description:
    "Writes down the session's own report: a summary, tasks completed, learnings, decisions, files, commits; focus and next steps for the next session. The session itself goes on until its client ends it.",
  isIdempotent: true,
  input: {
    summary: textField(4000).optional(),
    tasks_completed: linesField().optional(),
    learnings: linesField().optional(),
    decisions: linesField().optional(),
    files: linesField().optional(),
    commits: linesField().optional(),
    ...STATE,
  },
  output: WRITTEN,
  run({ max_tokens: _, focus, next_steps, todos, ...outcome }, call) {
    const state = { focus, next_steps, todos };
    return report(call, "end_session", [
      ["session.outcome", outcome],
      ["session.state", state],
    ]);
  },
});

const KEPT_BACK =
  " It is not given to the next session by itself: this one was shown words of others. A person's `clew state approve` passes it on.";

type Given = Readonly<Record<string, unknown>>;

/** Records of a type with what was said of it; what says nothing is not written. */
async function report(call: ToolCall, tool: string, parts: readonly (readonly [string, Given])[]): Promise<Answer> {
  const said = parts
    .map(([type, given]) => [type, clean(given)] as const)
    .filter(([, data]) => Object.keys(data).length > 0);
  if (said.length === 0) throw refusal("usage", "nothing to write down: give at least one field");
  return asSpeaker(call, async ({ authoring, author, by }) => {
    const { sessionId, tainted } = author;
    // Over HTTP nobody stands in a directory: nothing says which project it is about.
    if (sessionId === null && call.services.cwd === null)
      throw refusal("not_found", "no session is known around this call, so there is nothing this could belong to");
    const speaker = sessionId === null ? { ...author, sessionId: authoring.newId() } : author;
    const records = said.map(([type, data]) => [type, { ...data, ...(tainted && { tainted }) }] as const);
    const { cwd } = call.services;
    const start = { cwd, agent: "script", name: `clew mcp: ${tool}`, identity: author.identity };
    const whole: readonly (readonly [string, Given])[] =
      sessionId === null ? [["session.start", start], ...records, ["session.end", { status: "completed" }]] : records;
    for (const [type, data] of whole) await authoring.record(type, data, speaker);
    const id = safeId(speaker.sessionId) ?? "?";
    const recorded = said.map(([type]) => type);
    const found = sessionId === null ? "made for it, since none is known around this call" : `found by ${by}`;
    const isPassedOn = authoring.read((db) => sessionAuthor(db, speaker.sessionId ?? "")?.tainted) !== true && !tainted;
    const why = sessionId === null ? "one of its own" : by;
    const fields: JsonRow = { session_id: id, why, recorded, passed_on: isPassedOn };
    const kept = isPassedOn ? "" : KEPT_BACK;
    return { summary: `Recorded ${recorded.join(" and ")} of session ${id}, ${found}.${kept}`, fields };
  });
}

/** By the same rules as on the command line; throws `usage`. */
function clean(given: Given): Given {
  const line = (name: string, text: string): string => shortLine(name, text, 500);
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        if (name === "summary") return [name, saidText(name, value as string)];
        if (typeof value === "string") return [name, line(name, value)];
        if (!Array.isArray(value)) return [name, value];
        return [
          name,
          value.map((item: string | { readonly text: string }) =>
            typeof item === "string" ? line(name, item) : { ...item, text: line(name, item.text) },
          ),
        ];
      }),
  );
}
