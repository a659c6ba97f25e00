/** @module What the dashboard asks of memory files and of the graph; bind-memory-questions.ts answers from the database. */
import type { AroundQuestion, Neighbourhood } from "../../query/graph-around.ts";
import type { GraphList, GraphListQuestion, GraphWebEntity } from "../../query/graph-web.ts";
import type { MemorySearchAnswer } from "../../query/memory-search.ts";
import type { MemoryList, MemoryWebFile } from "../../query/memory-web.ts";

/** The text of one version. */
export interface MemoryText {
  readonly version: string;
  readonly content: string;
}

/** Every method is synchronous and reads only. */
export interface MemoryQuestions {
  files(): MemoryList;
  file(id: string): MemoryWebFile | null;
  text(question: { readonly id: string; readonly version: string }): MemoryText | null;
  /** Lines with the words, in the files of every project. */
  search(question: { readonly words: string; readonly files: number }): MemorySearchAnswer;
  entities(question: GraphListQuestion): GraphList;
  entity(id: string): GraphWebEntity | null;
  around(question: AroundQuestion): Neighbourhood | null;
}
