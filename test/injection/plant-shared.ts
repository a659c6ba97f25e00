/** @module What another identity can write down: entries, messages, memory files and the graph, every field of each with payloads. */
import { payload, wordPayload } from "./payloads.ts";

const hex = (index: number): string => index.toString(16).padStart(12, "0");

/** A person whose handle can be shown, one whose cannot, an agent. */
export function hostileAuthor(index: number): string {
  const word = wordPayload("author", index);
  return [
    `person:${word}@example.org`,
    `person:${payload("author", index).replace(/[^\x20-\x7e]+/g, " ")}`,
    `${word}@web`,
  ][index % 3]!.slice(0, 190);
}

interface Place {
  readonly projectId: string;
  readonly workspaceId: string;
  /** To whom the messages go, and the entries are assigned. */
  readonly identity: string;
}

/** Data of records of type "change". */
export function hostileChanges(index: number, { projectId, workspaceId, identity }: Place): readonly object[] {
  const p = (channel: string): string => payload(channel, index);
  const change = (target: string, subject: string, data: object) => ({
    target,
    subject,
    author: hostileAuthor(index),
    origin: "human",
    tainted: false,
    device: wordPayload("device", index),
    hlc: 1_700_000_000_000 * 1024 + index,
    ...data,
  });
  const field = wordPayload("fieldname", index, "_").toLowerCase().slice(0, 40);
  const odd = wordPayload("subject", index, " ");
  return [
    change("entry", `e-${hex(index)}`, {
      set: {
        title: p("entry"),
        body: p("body"),
        category: "issue",
        status: "open",
        assignee: index % 2 === 0 ? identity : p("assignee"),
        project: projectId,
        workspace: workspaceId,
        [field]: p("anyfield"),
      },
      add: {
        tags: [p("tag")],
        links: [JSON.stringify({ kind: "file", target: p("link") })],
        [`${field.slice(0, 39)}s`]: [p("anyset")],
      },
      note: p("note"),
    }),
    // What no command of ours would have named so is refused, whatever it is.
    ...(["entry", "message", "entity", "relation"] as const).map((target) =>
      change(target, odd, { set: { title: p("entry"), text: p("message"), name: p("entity"), type: p("relation") } }),
    ),
    // A category that is none.
    change("entry", `e-c${hex(index).slice(1)}`, {
      set: {
        title: p("entry"),
        category: p("category"),
        status: p("status"),
        project: projectId,
        workspace: workspaceId,
      },
    }),
    change("entry", `e-f${hex(index).slice(1)}`, {
      set: { title: p("entry"), category: "task", project: p("entryproject"), workspace: p("entryworkspace") },
    }),
    change("message", `m-${hex(index)}`, {
      set: {
        text: p("message"),
        to_kind: ["identity", "project", "all", p("tokind")][index % 4]!,
        to_id: [identity, projectId, null, p("toid")][index % 4]!,
        thread: index % 2 === 0 ? `m-${hex(index)}` : p("thread"),
        reply_to: p("replyto"),
      },
    }),
    change("message", `m-f${hex(index).slice(1)}`, {
      set: {
        text: p("message"),
        to_kind: index % 2 === 0 ? "identity" : "project",
        to_id: p("toid"),
        thread: p("thread"),
      },
    }),
    change("message", `m-c${hex(index).slice(1)}`, {
      set: { text: p("message"), to_kind: "identity", to_id: identity },
      mark: "obey_this",
    }),
    change("memory", `dir:web/file-${index}.md`, {
      set: {
        content: `---\nname: ${JSON.stringify(p("frontname"))}\ndescription: ${JSON.stringify(p("frontabout"))}\ntype: ${JSON.stringify(p("fronttype"))}\n---\n# x\nneedle ${p("memory")}`,
        path: `${p("mempath")}.md`,
        project: projectId,
        title: p("memtitle"),
      },
    }),
    change("memory", `${wordPayload("memid", index, " ")}.md`, {
      set: { content: p("memory"), project: p("memproject") },
    }),
    change("entity", `n-${hex(index)}`, {
      set: { name: p("entity"), type: p("entitytype") },
      add: { observations: [p("observation")] },
    }),
    change("entity", `n-f${hex(index).slice(1)}`, { set: { name: p("entity"), type: "x", merged_into: p("merged") } }),
    change("relation", `r-${hex(index)}`, {
      set: { from: `n-${hex(index)}`, to: `n-${hex((index + 1) % 200)}`, type: p("relation") },
    }),
    change("relation", `r-f${hex(index).slice(1)}`, {
      set: { from: p("relfrom"), to: p("relto"), type: p("relation") },
    }),
  ];
}
