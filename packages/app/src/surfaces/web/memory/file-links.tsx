/** @module Files that a file leads to, and those that lead to it. */
import { Link } from "wouter-preact";
import type { MemoryWebFile } from "../../http/answers.ts";
import { memoryHref } from "./memory-url.ts";

export function FileLinks({ file, search }: { readonly file: MemoryWebFile; readonly search: string }) {
  return (
    <>
      <Linked title="Leads to" files={file.links_to} search={search} />
      <Linked title="Linked from" files={file.linked_from} search={search} />
    </>
  );
}

interface LinkedProps {
  readonly title: string;
  readonly files: MemoryWebFile["links_to"];
  readonly search: string;
}

function Linked({ title, files, search }: LinkedProps) {
  if (files.length === 0) return null;
  return (
    <section class="memory-side-part" aria-label={title}>
      <h3>
        {title} <small>{files.length}</small>
      </h3>
      <ul class="memory-links">
        {files.map((one) => (
          <li key={one.id}>
            <Link href={memoryHref(search, { file: one.id })} title={one.path}>
              {one.title ?? one.path}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
