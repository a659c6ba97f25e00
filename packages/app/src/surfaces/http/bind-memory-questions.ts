/** @module What is asked of memory files and of the graph, answered by query/ from one read-only database. */
import { graphAround } from "../../query/graph-around.ts";
import { graphEntity, graphList } from "../../query/graph-web.ts";
import { searchMemory } from "../../query/memory-search.ts";
import { memoryList, memoryListState, memoryWebFile, memoryWebText } from "../../query/memory-web.ts";
import type { Reader } from "../../query/reader.ts";
import type { MemoryQuestions } from "./memory-questions.ts";

/** Lines of a file that are shown under it. */
const LINES = 6;

/** `person`: identity of who is signed in; null: nobody is known. */
export function bindMemoryQuestions(reader: Reader, person: string | null): MemoryQuestions {
  return {
    files: keptFiles(reader, person),
    file: (id) => memoryWebFile(reader, person, id),
    text: (question) => memoryWebText(reader, question),
    search: ({ words, files }) =>
      searchMemory(reader, { text: words, scope: { projectId: null }, files, lines: LINES }),
    entities: (question) => graphList(reader, person, question),
    entity: (id) => graphEntity(reader, person, id),
    around: (question) => graphAround(reader, question),
  };
}

/** Every open page asks for it after each change of anything. */
function keptFiles(reader: Reader, person: string | null): MemoryQuestions["files"] {
  let kept: { readonly state: string; readonly list: ReturnType<MemoryQuestions["files"]> } | null = null;
  return () => {
    const state = memoryListState(reader);
    if (kept?.state !== state) kept = { state, list: memoryList(reader, person) };
    return kept.list;
  };
}
