/** @module Made-up sessions in bulk: the records of Claude Code 2.1.3xx, as strings, as fast as they can be joined. */

const models = [
  "claude-opus-5-5",
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-opus-4-5-20251101",
];
const tools = ["Bash", "Bash", "Read", "Read", "Edit", "Grep", "Write", "mcp__github__list_pull_requests"];

/** One tool result of 10 MB in every so many sessions. */
const hugeEvery = 1000;

/**
 * Returns the lines of one session and what a reader must find in them.
 * @param {{ random: () => number, text: (words: number) => string }} source
 * @param {{ index: number, sessionId: string, agentId?: string, cwd: string, startedAt: number, lines: number, history?: readonly string[] }} plan
 */
export function writeSession({ random, text }, plan) {
  const { sessionId, agentId, cwd, history = [] } = plan;
  const side = agentId ? `"isSidechain":true,"agentId":"${agentId}"` : '"isSidechain":false';
  const model = models[Math.floor(random() * models.length)];
  const usage = { responses: 0, input: 0, output: 0, cacheWrite: 0, cacheRead: 0 };
  const key = (plan.index * 0x10000).toString(16).padStart(12, "0");
  let serial = 0;
  let clock = plan.startedAt;
  let parent = "null";
  let context = 18_000;

  const id = () => (serial++).toString(16).padStart(8, "0");
  const envelope = (uuid) =>
    `"uuid":"${uuid}","timestamp":"${new Date(clock).toISOString()}","userType":"external","entrypoint":"cli","cwd":"${cwd}","sessionId":"${sessionId}","version":"2.1.329","gitBranch":"main"`;
  const record = (body) => {
    const uuid = `${id()}-0000-4000-8000-${key}`;
    const line = `{"parentUuid":${parent},${side},${body},${envelope(uuid)}}`;
    parent = `"${uuid}"`;
    return line;
  };
  const response = (contents) => {
    clock += 2000 + Math.floor(random() * 9000);
    const [input, output, written] = [
      3 + Math.floor(random() * 9),
      40 + Math.floor(random() * 900),
      200 + Math.floor(random() * 2500),
    ];
    usage.responses++;
    usage.input += input;
    usage.output += output;
    usage.cacheWrite += written;
    usage.cacheRead += context;
    const figures = `"usage":{"input_tokens":${input},"cache_creation_input_tokens":${written},"cache_read_input_tokens":${context},"output_tokens":${output},"server_tool_use":{"web_search_requests":0,"web_fetch_requests":0},"service_tier":"standard","cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":${written}},"inference_geo":"","speed":"standard"}`;
    context += written;
    const name = `${key}${id()}`;
    const stop = contents.at(-1).includes('"tool_use"') ? "tool_use" : "end_turn";
    return contents.map((content) =>
      record(
        `"message":{"id":"msg_01${name}","type":"message","role":"assistant","model":"${model}","content":[${content}],"stop_reason":"${stop}","stop_sequence":null,${figures}},"requestId":"req_01${name}","type":"assistant"`,
      ),
    );
  };
  const queued = (content) =>
    `{"type":"queue-operation","operation":"enqueue","timestamp":"${new Date(clock).toISOString()}","sessionId":"${sessionId}","content":"${content}"}`;

  // Half of what tools print was printed before: files read again, tests run again.
  const earlier = [];
  const printed = () => {
    if (earlier.length > 0 && random() < 0.5) return earlier[Math.floor(random() * earlier.length)];
    const output = text(20 + Math.floor(random() ** 4 * 260));
    earlier.push(output);
    if (earlier.length > 24) earlier.shift();
    return output;
  };
  const log = () => {
    const lines = Array.from({ length: 50 }, () => text(12));
    return Array.from({ length: 60_000 }, (_, serial) => `${serial} ${lines[serial % lines.length]}`).join("\\n");
  };

  const first = text(12);
  // A fork opens with a line of its own, then repeats the history under its own session id.
  const lines = agentId ? [] : [queued(first), ...history];
  let untilPrompt = 0;
  let huge = plan.index % hugeEvery === 7;
  while (lines.length < plan.lines) {
    if (untilPrompt-- === 0) {
      clock += 60_000;
      const words = lines.length < 2 ? first : text(10 + Math.floor(random() * 50));
      lines.push(
        record(
          `"type":"user","message":{"role":"user","content":"${words}"},"promptSource":"typed","origin":{"kind":"human"}`,
        ),
      );
      untilPrompt = 4 + Math.floor(random() * 12);
    }
    const call = `toolu_01${key}${id()}`;
    const tool = tools[Math.floor(random() * tools.length)];
    const say = `{"type":"text","text":"${text(20 + Math.floor(random() * 60))}"}`;
    const input = `{"command":"${text(6)}","file_path":"${cwd}/src/${text(1)}.ts"}`;
    lines.push(...response([say, `{"type":"tool_use","id":"${call}","name":"${tool}","input":${input}}`]));
    clock += 100 + Math.floor(random() * 4000);
    const failed = random() < 0.06;
    const output = huge ? log() : printed();
    huge = false;
    lines.push(
      record(
        `"type":"user","message":{"role":"user","content":[{"tool_use_id":"${call}","type":"tool_result","content":"${output}","is_error":${failed}}]},"toolUseResult":{"stdout":"${output}","stderr":"","interrupted":false}`,
      ),
    );
    if (!agentId && lines.length % 400 > 396) {
      const body =
        '"type":"system","subtype":"compact_boundary","content":"Conversation compacted","compactMetadata":{"trigger":"auto","preTokens":155000}';
      parent = "null";
      lines.push(
        record(body),
        record(`"type":"user","message":{"role":"user","content":"${text(200)}"},"isCompactSummary":true`),
      );
      context = 20_000;
    }
  }
  if (!agentId) lines.push(`{"type":"ai-title","aiTitle":"${text(6)}","sessionId":"${sessionId}"}`);
  return { lines, usage, endedAt: clock };
}
