/** @module One made-up session: its transcript, the subagents it starts, and the files that both become. */
import { createRandom } from "./random.ts";
import type { ToolUse } from "./tool-use.ts";
import { createTranscript, type Transcript, type WireRecord } from "./transcript-writer.ts";

/** A file below the configuration directory, with the time of its last record. */
export interface DemoFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Milliseconds UTC. */
  readonly modifiedAt: number;
}

export interface SessionPlan {
  /** What its ids are made from; unique among all sessions. */
  readonly key: string;
  readonly cwd: string;
  readonly gitBranch: string;
  readonly version: string;
  readonly model: string;
  readonly startedAt: number;
  readonly entrypoint?: "cli" | "sdk-cli";
  /** What the context holds before the first prompt, in tokens. */
  readonly baseTokens?: number;
}

/** What an Agent call is given. */
export interface Delegation {
  readonly type: string;
  readonly description: string;
  readonly prompt: string;
  readonly model?: string;
  /** What the subagent does. */
  readonly work: (agent: DemoAgent) => void;
  /** Its last words, which the caller gets to read. */
  readonly report: string;
}

export interface DemoAgent {
  readonly transcript: Transcript;
  /** An Agent call of this agent. */
  readonly delegate: (delegation: Delegation) => ToolUse;
}

export interface DemoSession extends DemoAgent {
  readonly sessionId: string;
  readonly files: () => readonly DemoFile[];
  /** Another session that begins with a copy of everything so far, as `--fork-session` makes one. */
  readonly fork: (key: string, minutesLater: number) => DemoSession;
}

const slugOf = (path: string): string => path.replace(/[^A-Za-z0-9]/g, "-");
const jsonLines = (records: readonly WireRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** Starts a session; `seed` makes all its ids. */
export function createSession(seed: string, plan: SessionPlan, history: readonly WireRecord[] = []): DemoSession {
  const random = createRandom(`${seed}/${plan.key}`);
  const sessionId = random.uuid();
  const continues = history.at(-1)?.uuid;
  const transcript = createTranscript({
    ...plan,
    sessionId,
    random,
    ...(typeof continues === "string" ? { continues } : {}),
  });
  const directory = `projects/${slugOf(plan.cwd)}`;
  const agentFiles: DemoFile[] = [];

  const delegateFrom =
    (caller: Transcript, depth: number) =>
    (delegation: Delegation): ToolUse => {
      const { type, description, prompt, report, work } = delegation;
      const agentId = `a${random.hex(16)}`;
      const model = delegation.model ?? caller.options.model;
      const start = (toolUseId: string, at: number): number => {
        const agent = { agentId, promptId: random.uuid() };
        const { continues: _, ...inherited } = caller.options;
        const child = createTranscript({ ...inherited, model, agent, startedAt: at, random, baseTokens: 9_800 });
        child.prompt(prompt);
        work({ transcript: child, delegate: delegateFrom(child, depth + 1) });
        child.turn({ say: report });
        const parentAgentId = caller.options.agent?.agentId;
        const meta = {
          agentType: type,
          description,
          toolUseId,
          ...(parentAgentId ? { parentAgentId } : {}),
          spawnDepth: depth,
          model,
        };
        const base = `${directory}/${sessionId}/subagents/agent-${agentId}`;
        agentFiles.push({ path: `${base}.jsonl`, text: jsonLines(child.records()), modifiedAt: child.now() });
        agentFiles.push({ path: `${base}.meta.json`, text: JSON.stringify(meta), modifiedAt: child.now() });
        return child.now() - at;
      };
      const content = [{ type: "text", text: report }];
      const result = { status: "completed", agentId, agentType: type, prompt, content, resolvedModel: model };
      const input = { description, subagent_type: type, prompt };
      return { name: "Agent", input, output: report, result, outcome: "ok", duration: 0, start };
    };

  const files = (): readonly DemoFile[] => {
    const own = transcript.records();
    // A fork opens with a line of its own and then repeats the history under its own session id.
    const opening = history.length > 0 ? own.filter((record) => record.type === "queue-operation").slice(0, 2) : [];
    const copied = history.map((record) => ({ ...record, sessionId }));
    const text = jsonLines([...opening, ...copied, ...own.filter((record) => !opening.includes(record))]);
    return [{ path: `${directory}/${sessionId}.jsonl`, text, modifiedAt: transcript.now() }, ...agentFiles];
  };

  const fork = (key: string, minutesLater: number): DemoSession => {
    const startedAt = transcript.now() + minutesLater * 60_000;
    const shared = transcript.records().filter((record) => "uuid" in record);
    return createSession(seed, { ...plan, key, startedAt, baseTokens: transcript.contextTokens() }, shared);
  };

  return { sessionId, transcript, delegate: delegateFrom(transcript, 1), files, fork };
}
