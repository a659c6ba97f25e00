/** @module A memory file's text as prose, with its front matter as a table; the code that reads Markdown comes when it is needed. */
import { lazyPage } from "../parts/lazy-page.tsx";
import { frontMatterRows } from "./front-matter.ts";

const Markdown = lazyPage<{ readonly text: string }>(async () => (await import("../session/markdown.tsx")).Markdown);

export function MemoryProse({ content, isReadable }: { readonly content: string; readonly isReadable: boolean }) {
  const { rows, body } = frontMatterRows(content, isReadable);
  return (
    <div class="memory-prose" data-testid="memory-prose">
      {rows.length === 0 ? null : (
        <table class="front-matter" aria-label="Front matter">
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                <th scope="row">{row.name}</th>
                <td>{row.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {body.trim() === "" ? <p class="faint">No text.</p> : <Markdown text={body} />}
    </div>
  );
}
