/** @module A memory file's front matter as rows of a table, and the text below it. Only for show: the server reads it as YAML. */

export interface FrontMatterRow {
  /** Names of nested values are joined by dots. */
  readonly name: string;
  readonly value: string;
}

const BLOCK = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/;
const LARGEST = 64 * 1024;

/** No rows: the file has none, or `isReadable` is false and all of it is text. */
export function frontMatterRows(
  content: string,
  isReadable: boolean,
): { readonly rows: readonly FrontMatterRow[]; readonly body: string } {
  const block = isReadable ? BLOCK.exec(content.slice(0, LARGEST)) : null;
  if (!block) return { rows: [], body: content };
  const rows: { name: string; value: string }[] = [];
  /** Names that enclose the present line, with how far they are indented. */
  let around: readonly { readonly name: string; readonly indent: number }[] = [];
  for (const line of block[1]!.split(/\r?\n/)) {
    const indent = line.length - line.trimStart().length;
    const pair = /^\s*([\w][\w .-]*?):(?:\s+(.*))?$/.exec(line);
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    if (!pair) {
      const last = rows.at(-1);
      const item = plain(text.replace(/^-\s+/, ""));
      if (last) last.value = last.value === "" || /^[>|][+-]?$/.test(last.value) ? item : `${last.value}, ${item}`;
      continue;
    }
    around = around.filter((one) => one.indent < indent);
    const name = [...around.map((one) => one.name), pair[1]!].join(".");
    rows.push({ name, value: plain(pair[2] ?? "") });
    if ((pair[2] ?? "") === "") around = [...around, { name: pair[1]!, indent }];
  }
  // A name that only encloses others has nothing to say of itself.
  const isParent = (name: string): boolean => rows.some((row) => row.name.startsWith(`${name}.`));
  return {
    rows: rows.filter((row) => row.value !== "" || !isParent(row.name)),
    body: content.slice(block[0].length),
  };
}

function plain(value: string): string {
  const text = value.trim();
  const quoted = /^"(.*)"$/s.exec(text) ?? /^'(.*)'$/s.exec(text);
  return quoted ? quoted[1]! : text.replace(/^\[(.*)\]$/, "$1");
}
