/** @module The two halves of memory: files, and what is known. */
import { Link } from "wouter-preact";

export function MemoryTabs({ at }: { readonly at: "files" | "graph" }) {
  return (
    <nav class="memory-tabs" aria-label="Memory">
      <Link href="/memory" aria-current={at === "files" ? "page" : undefined}>
        Files
      </Link>
      <Link href="/memory/graph" aria-current={at === "graph" ? "page" : undefined}>
        Graph
      </Link>
    </nav>
  );
}
