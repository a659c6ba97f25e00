/**
 * @module A machine on which agents and people have written memory files and a graph: versions, a conflict, what waits for
 * approval, and texts that attack the page; all of it taken in as the daemon does it.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { transcriptLines } from "../../packages/app/src/ingest/testing.ts";
import type { ChangeData, ChangeTarget } from "../../packages/app/src/model/change.ts";
import { memorySubject } from "../../packages/app/src/query/memory-key.ts";
import { type LiveMachine, liveMachine } from "./live-machine.ts";
import { PAYLOADS } from "./seed.ts";

export const MEMORY = {
  session: "b2b2b2b2-0000-4000-8000-000000000000",
  other: "c3c3c3c3-0000-4000-8000-000000000000",
  project: "dir:kiln",
  agent: "claude-code@kiln",
  ada: "person:ada@example.org",
  bo: "person:bo@example.org",
} as const;
/** Files of the kiln's project and the global ones that are there, those that attack left out. */
export const FILES = 7;
/** Entities, those that attack left out. */
export const ENTITIES = 8;

/** As an id has to look; the same for the same word. */
export function entityId(word: string): string {
  return `n-${createHash("sha256").update(word).digest("hex").slice(0, 16)}`;
}

interface Given extends ChangeData {
  readonly author?: string;
  readonly origin?: string;
  readonly tainted?: boolean;
  readonly session?: string;
  readonly secondsAgo?: number;
}

export interface MemoryMachine extends LiveMachine {
  /** Writes a change into the spool; answers its id. */
  change(target: ChangeTarget, subject: string, given: Given): string;
}

export function fileId(path: string, project: string | null = MEMORY.project): string {
  return memorySubject(project, path);
}

function memoryMachine(): MemoryMachine {
  const live = liveMachine();
  let count = 0;
  return {
    ...live,
    change(target, subject, given) {
      const { author = MEMORY.agent, origin = "agent", tainted = false, session = MEMORY.session, ...rest } = given;
      const { secondsAgo = 5_000 - count, ...data } = rest;
      const id = `change-${++count}`;
      live.own("change", session, { target, subject, author, origin, tainted, ...data }, secondsAgo, { id });
      return id;
    },
  };
}

/** Everything is taken in when it returns. */
export async function seedMemory(): Promise<MemoryMachine> {
  const live = memoryMachine();
  writeFileSync(join(live.machine.home, ".gitconfig"), "[user]\n\temail = ada@example.org\n");
  const startedAt = new Date(Date.now() - 6_000_000).toISOString();
  const kiln = transcriptLines(MEMORY.session, { startedAt })
    .title("Fire the kiln")
    .prompt("Fire it")
    .answer("It burns.");
  // It goes on until now: what is written down in it stands between its records.
  for (const record of kiln.records.slice(-1)) record.timestamp = new Date().toISOString();
  live.machine.write(`-home-ada-kiln/${MEMORY.session}.jsonl`, kiln.text());
  const web = transcriptLines(MEMORY.other, { cwd: "/home/ada/dbt-models", startedAt }).title("Model the orders");
  live.machine.write(`-home-ada-dbt-models/${MEMORY.other}.jsonl`, web.prompt("Go on").answer("Done.").text());
  await live.machine.index({ clock: () => Date.now() });
  files(live);
  graph(live);
  attack(live);
  live.takeIn();
  return live;
}

const human = { author: MEMORY.ada, origin: "human" } as const;

function files({ change }: MemoryMachine): void {
  const put = (path: string, content: string, more: Given = {}) => {
    const title = /^(?:name: (.+)|#+ (.+))$/m.exec(content);
    const set = { path, project: MEMORY.project, content, title: title?.[1] ?? title?.[2] ?? null };
    return change("memory", fileId(path), { set, ...more });
  };
  const versions = [
    "# Memory\n\n- [Glaze](glaze.md): the blue one\n",
    "# Memory\n\n- [Glaze](glaze.md): the blue one\n- Nine hours of fire\n",
    "# Memory\n\n- [Glaze](glaze.md): the blue one\n- Ten hours of fire\n- Never open it hot\n",
  ];
  let before = put("MEMORY.md", versions[0]!);
  for (const content of versions.slice(1))
    before = change("memory", fileId("MEMORY.md"), { set: { content }, replaces: { content: [before] } });
  const long = Array.from({ length: 120 }, (_, index) => `Line ${index + 1} of the notes on celadon.`).join("\n");
  put(
    "glaze.md",
    `---\nname: The blue glaze\ndescription: Fires at 1240\ntype: project\n---\n\n**Blue** at 1240 °C.\n\n${long}\n`,
  );
  const base = put("firing.md", "# Firing\n\nNine hours.\n");
  const replaces = { content: [base] };
  change("memory", fileId("firing.md"), {
    set: { content: "# Firing\n\nEight hours, says Ada.\n" },
    replaces,
    ...human,
  });
  change("memory", fileId("firing.md"), { set: { content: "# Firing\n\nTen hours, says the agent.\n" }, replaces });
  put("notes/clay.md", "# Clay\n\nA page says: 8 % sand.\n", { tainted: true });
  put("bo.md", "# From Bo\n\nUse celadon.\n", { author: MEMORY.bo, origin: "human", session: "uncorrelated" });
  put("gone.md", "# Gone\n");
  change("memory", fileId("gone.md"), { set: { deleted: true } });
  const rules = { path: "CLAUDE.md", content: "# How I work\n\nOne thought a commit.\n", title: "How I work" };
  change("memory", fileId("CLAUDE.md", null), { set: rules, ...human });
  const models = { path: "MEMORY.md", project: "dir:dbt-models", content: "# Models\n\nOrders have celadon mugs.\n" };
  const where = { session: MEMORY.other, author: "claude-code@dbt-models" };
  change("memory", fileId("MEMORY.md", "dir:dbt-models"), { set: { ...models, title: "Models" }, ...where });
}

function graph({ change }: MemoryMachine): void {
  const entity = (id: string, name: string, type: string, observations: readonly string[], more: Given = {}) =>
    change("entity", id, { set: { name, type }, add: { observations }, ...more });
  const relate = (from: string, type: string, to: string) =>
    change("relation", entityId(`${from} ${type} ${to}`).replace("n", "r"), { set: { from, to, type } });
  const named = entity(entityId("kiln"), "kiln", "oven", ["Burns gas", "Takes 40 pots"]);
  entity(entityId("glaze"), "blue glaze", "material", ["Fires at 1240 °C"], { tainted: true });
  entity(entityId("clay"), "clay", "material", ["Has 8 % sand"]);
  entity(entityId("pot"), "pot", "", ["Is sold on Saturdays"]);
  entity(entityId("stove"), "stove", "oven", ["Stands in the yard"], { author: MEMORY.bo, origin: "human" });
  for (const [index, name] of ["shelf", "cone", "damper", "flue"].entries())
    entity(entityId(`part ${index}`), name, "part", [`Is part ${index}`]);
  change("entity", entityId("kiln"), { set: { name: "big kiln" }, replaces: { name: [named] } });
  change("entity", entityId("stove"), { set: { merged_into: entityId("kiln") }, ...human });
  relate(entityId("kiln"), "fires", entityId("glaze"));
  relate(entityId("pot"), "is fired in", entityId("stove"));
  relate(entityId("pot"), "wears", entityId("glaze"));
  relate(entityId("pot"), "made of", entityId("clay"));
  for (let index = 0; index < 4; index++) relate(entityId("kiln"), "has", entityId(`part ${index}`));
}

function attack({ change }: MemoryMachine): void {
  const all = PAYLOADS.join("\n\n");
  PAYLOADS.forEach((payload, index) => {
    const path = `${payload}/${index}.md`;
    const content = `---\nname: ${JSON.stringify(payload)}\n${JSON.stringify(payload)}: x\n---\n\n${payload}\n\n${all}\n`;
    const subject = `attack/${index}.md`;
    const first = change("memory", subject, { set: { path, project: `attack ${payload}`, content, title: payload } });
    change("memory", subject, { set: { content: `${payload}\n${content}` }, replaces: { content: [first] } });
    change("memory", subject, { set: { content: `${content}\n${payload}` }, replaces: { content: [first] }, ...human });
    change("entity", entityId(`attack ${index}`), {
      set: { name: payload, type: payload },
      add: { observations: [payload, all] },
    });
    const other = entityId(`attack ${(index + 1) % PAYLOADS.length}`);
    change("relation", entityId(`attack relation ${index}`).replace("n", "r"), {
      set: { from: entityId(`attack ${index}`), to: other, type: payload },
    });
  });
}
