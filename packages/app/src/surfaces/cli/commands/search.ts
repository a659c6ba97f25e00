/** @module `clew search`: text in everything that was said and done. */
import { ClewError } from "../../../base/error.ts";
import type { SearchRow } from "../../../model/answers.ts";
import { memoryKey } from "../../../query/memory-key.ts";
import { type SearchResult, searchEvents } from "../../../query/search.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import { type CliCommand, JSON_FLAG, textFlag } from "../command.ts";
import { ask, NOTHING_YET } from "../context.ts";
import { FILTER_FLAGS, filterFrom } from "../filter-flags.ts";
import type { Output } from "../output.ts";
import { sayRecords } from "../records-shown.ts";
import { counted, when } from "../render/formats.ts";
import { bold, dim, type Piece, styled } from "../render/piece.ts";
import { shortIds } from "../render/short-id.ts";
import { fitWidth, textWidth } from "../render/width.ts";

export const searchCommand: CliCommand = {
  summary: "find text in everything that was said and done, newest first",
  operands: "WORDS…",
  arity: [1, Number.POSITIVE_INFINITY],
  flags: {
    ...FILTER_FLAGS,
    type: { type: "string", description: "kinds of events, e.g. user.prompt,tool.*", valueHint: "TYPES" },
    sort: { type: "string", description: "newest, or relevance among the newest 2,000", valueHint: "ORDER" },
    limit: { type: "string", description: "rows to show; default 20", valueHint: "N", alias: "n" },
    ...JSON_FLAG,
  },
  examples: [
    "clew search database is locked",
    "clew search '\"exact phrase\" project:web since:30d'",
    "clew search -- --dangerously-skip",
  ],
  async run({ context, flags, operands }) {
    const { clock, timeZone, out } = context;
    const filter = filterFrom(operands, flags, "search");
    if (filter.words.every((word) => word.negated))
      throw new ClewError(
        "usage",
        "clew search needs a word to find; `clew sessions` lists sessions by a filter alone",
      );
    const now = clock();
    const types = textFlag(flags, "type")?.split(",").filter(Boolean);
    const limit = wholeNumber("limit", textFlag(flags, "limit"), 20, 1);
    const sort = oneOf("sort", textFlag(flags, "sort"), ["newest", "relevance"], "newest");
    const answer = await ask(context, (db) =>
      searchEvents(db, { filter, now, timeZone, limit, sort, ...(types && { types }) }),
    );
    await sayRecords(context, answer?.rows ?? []);
    if (flags.json)
      out.json(
        answer ?? {
          rows: [],
          total: 0,
          total_is_lower_bound: false,
          took_ms: 0,
          stopped_early: false,
          next_before: null,
        },
      );
    else if (!answer) (out.plain ?? out).line(NOTHING_YET);
    else print(out, answer, now, timeZone);
    return 0;
  },
};

/** Name of the project of what has none. */
const NO_PROJECT = "unknown";

function print(out: Output, answer: SearchResult, now: number, timeZone: string): void {
  const shorten = shortIds(answer.rows.flatMap((row) => (row.subject === undefined ? row.session_id : [])));
  for (const row of answer.rows) {
    const { id, about, title } = headOf(row, shorten);
    const place = `  ${[when(row.ts, now, timeZone), ...about].join("  ")}  `;
    const room = Math.max(0, out.width - textWidth(id) - textWidth(place));
    out.line(styled("cyan", id), dim(place), bold(fitWidth(title, room)));
    out.line("  ", ...marked(row.snippet, row.hits, out.width - 2));
  }
  const total = `${answer.total_is_lower_bound ? "at least " : ""}${counted(answer.total, "hit")}`;
  if (answer.rows.length > 0) out.line(dim(`${total} in ${answer.took_ms.toFixed(1)} ms`));
  else if (!answer.stopped_early)
    (out.plain ?? out).line("Nothing found. Words must stand in one record; `word*` also finds longer words.");
  if (answer.stopped_early)
    out.line(
      styled(
        "yellow",
        "Stopped when its time was up: these words cannot be looked up in the index, so only the newest records were read.",
      ),
    );
}

interface Head {
  readonly id: string;
  readonly about: readonly string[];
  readonly title: string;
}

/** What a hit is: a record of a session, or a change of something that is shared, under the id by which one asks for that. */
function headOf(row: SearchRow, shorten: (id: string) => string): Head {
  const { subject, target, category, status, subject_title, author = "unknown" } = row;
  if (subject === undefined)
    return { id: shorten(row.session_id), about: [row.kind, row.project], title: row.session_title ?? "(no title)" };
  const project = row.project === NO_PROJECT ? [] : [row.project];
  const title = subject_title ?? (target === "message" ? `from ${author}` : "(no title)");
  if (target === "entry")
    return {
      id: subject,
      about: [`${category}, ${status?.replace("_", " ")}`, ...project],
      title: title || "(no title)",
    };
  return { id: target === "memory" ? memoryKey(subject) : subject, about: [target!, ...project], title };
}

/** The snippet with its hits marked, cut to the width. */
export function marked(snippet: string, hits: readonly (readonly [number, number])[], width: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let [at, left] = [0, width];
  const push = (end: number, mark: boolean): void => {
    let kept = "";
    for (const character of snippet.slice(at, end)) {
      left -= textWidth(character);
      if (left < 0) break;
      kept += character;
    }
    if (kept !== "") pieces.push(mark ? styled("mark", kept) : kept);
    at = end;
  };
  for (const [start, end] of hits) {
    push(start, false);
    push(end, true);
  }
  push(snippet.length, false);
  return pieces;
}
