/** @module The inbox as people read it: what is for them first, a line for each thing. */
import type { InboxItem } from "../../../model/entry.ts";
import type { InboxFigures, InboxNews } from "../../../query/inbox.ts";
import type { GraphNews, MemoryNews } from "../../../query/inbox-memory.ts";
import type { InboxWords } from "../../../query/inbox-words.ts";
import { counted, when } from "./formats.ts";
import type { RenderOptions } from "./message.ts";
import { bold, dim, type Piece, styled } from "./piece.ts";
import { type Column, table } from "./table.ts";

type Line = readonly Piece[];

const HEADINGS: Readonly<Record<InboxItem["kind"], string>> = {
  message: "Messages",
  assigned: "Assigned to you",
  mention: "Mentions of you",
  change: "Changes",
};

/** "2 messages, 1 mention, 4 changes, 1 memory file"; "" for nothing. */
export function countText({ messages, assigned, mentions, changes, memory, graph, more }: InboxFigures): string {
  const parts = [
    ...(messages > 0 ? [counted(messages, "message")] : []),
    ...(assigned > 0 ? [`${assigned} assigned`] : []),
    ...(mentions > 0 ? [counted(mentions, "mention")] : []),
    ...(changes > 0 ? [counted(changes, "change")] : []),
    ...(memory > 0 ? [counted(memory, "memory file")] : []),
    ...(graph > 0 ? [`${counted(graph, "graph change")}`] : []),
  ];
  return parts.length === 0 ? "" : `${parts.join(", ")}${more ? " and more" : ""}`;
}

/** `words`: for a person; an agent is told ids and counts, and reads messages in their fences. */
export function inboxLines(
  news: InboxNews,
  options: RenderOptions & { readonly words?: ReadonlyMap<string, InboxWords> },
): readonly Line[] {
  const { items, memory, graph } = news;
  const lines = indentedRows(itemColumns(options, items), items, options);
  const kinds = Object.keys(HEADINGS) as InboxItem["kind"][];
  return [
    ...kinds.flatMap((kind) => {
      const own = lines.filter((_, index) => items[index]!.kind === kind);
      return own.length === 0 ? [] : [[bold(HEADINGS[kind])], ...own];
    }),
    ...(memory.length === 0 ? [] : [[bold("Memory files")], ...indentedRows(memoryColumns(options), memory, options)]),
    ...(graph.length === 0 ? [] : [[bold("Memory graph")], ...indentedRows(graphColumns(options), graph, options)]),
  ];
}

function indentedRows<Row>(columns: readonly Column<Row>[], rows: readonly Row[], { width }: RenderOptions) {
  const [, ...lines] = table(columns, rows, width - 2);
  return lines.map((line): Line => ["  ", ...line]);
}

/** Columns of a table without headings. */
const title = "";

function itemColumns(
  { now, timeZone, words }: RenderOptions & { readonly words?: ReadonlyMap<string, InboxWords> },
  items: readonly InboxItem[],
): readonly Column<InboxItem>[] {
  const projectOf = ({ id }: InboxItem): string => words?.get(id)?.project ?? "";
  const isMixed = new Set(items.map(projectOf).filter((name) => name !== "")).size > 1;
  return [
    { title, value: ({ id }) => styled("cyan", id) },
    { title, value: (item) => whatText(item, words?.get(item.id)?.line ?? null), shrinkTo: 20 },
    ...(isMixed ? [{ title, value: (item: InboxItem) => projectOf(item), shrinkTo: 8, leaves: 4 }] : []),
    { title, value: ({ category, status }) => dim(category === null ? "" : `${category}, ${status}`), leaves: 3 },
    { title, value: ({ by }) => dim(by.join(", ")), shrinkTo: 8 },
    { title, value: ({ at }) => dim(when(at, now, timeZone)), leaves: 1 },
    { title, value: (item) => dim(item.kind === "message" ? "" : changedText(item)), shrinkTo: 12, leaves: 2 },
  ];
}

function whatText({ target, kind, title: words }: InboxItem, line: string | null): Piece {
  if (target !== "message") return words || "(no title)";
  if (kind === "message") return line ?? dim("a message");
  return dim(line === null ? "your message" : `your message: ${line}`);
}

/** A project is only set where an entry begins, and then everything is new. */
function changedText({ changed }: InboxItem): string {
  const isNew = changed.includes("project") && changed.includes("title");
  const rest = isNew ? changed.filter((name) => name === "note") : changed;
  return [
    ...(isNew ? ["wrote it down"] : []),
    ...rest.map((name) => (name === "deleted" ? "brought back" : name)),
  ].join(", ");
}

function memoryColumns({ now, timeZone }: RenderOptions): readonly Column<MemoryNews>[] {
  const state = ({ deleted, conflicts, versions }: MemoryNews): string =>
    [
      ...(versions > 0 ? [counted(versions, "version")] : []),
      ...(deleted ? ["deleted"] : []),
      ...(conflicts > 0 ? ["conflict"] : []),
    ].join(", ");
  return [
    { title, value: ({ path }) => styled("cyan", path), shrinkTo: 20 },
    { title, value: ({ project, project_id }) => project ?? project_id ?? "global", shrinkTo: 10 },
    { title, value: ({ by }) => dim(by.join(", ")), shrinkTo: 8 },
    { title, value: ({ at }) => dim(when(at, now, timeZone)), leaves: 1 },
    { title, value: (file) => dim(state(file)), leaves: 2 },
  ];
}

function graphColumns({ now, timeZone }: RenderOptions): readonly Column<GraphNews>[] {
  const touched = ({ entities, relations }: GraphNews): string =>
    [
      ...(entities > 0 ? [counted(entities, "entity", "entities")] : []),
      ...(relations > 0 ? [counted(relations, "relation")] : []),
    ].join(", ");
  return [
    { title, value: (row) => touched(row) },
    { title, value: ({ by }) => dim(by), shrinkTo: 8 },
    { title, value: ({ at }) => dim(when(at, now, timeZone)), leaves: 1 },
    { title, value: ({ changes }) => dim(counted(changes, "change")), leaves: 2 },
  ];
}
