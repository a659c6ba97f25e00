/** @module What stands beside the list while no file is open: what asks for attention, what changed last, how files come here. */
import { Link } from "wouter-preact";
import type { MemoryListRow } from "../../http/answers.ts";
import { absolute, ago, bytes, count } from "../state/format.ts";
import { CommandLine } from "./command-line.tsx";
import { groupsOf, hasMark, projectName } from "./file-groups.ts";
import { identityName, WordsMarks } from "./words-marks.tsx";

const LATEST = 8;

export interface MemoryOverviewProps {
  readonly rows: readonly MemoryListRow[];
  hrefOf(id: string): string;
}

export function MemoryOverview({ rows, hrefOf }: MemoryOverviewProps) {
  const living = rows.filter((row) => !row.deleted);
  const urgent = living.filter((row) => row.conflicts > 0 || row.waits);
  const latest = [...living].sort((a, b) => ((a.changed_at ?? "") < (b.changed_at ?? "") ? 1 : -1)).slice(0, LATEST);
  const figures: readonly (readonly [string, string])[] = [
    ["Files", count(living.length)],
    ["Projects", count(groupsOf(living).filter(({ rows: [first] }) => first?.project_id !== null).length)],
    ["Size", bytes(living.reduce((sum, row) => sum + row.size, 0))],
    ["Written by agents", count(living.filter((row) => hasMark(row, "agent")).length)],
    ["Tainted", count(living.filter((row) => row.tainted).length)],
  ];
  return (
    <div class="memory-detail memory-overview" data-testid="memory-overview">
      <dl class="figures big">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {urgent.length > 0 ? <Rows title="For you to settle" rows={urgent} hrefOf={hrefOf} /> : null}
      <Rows title="Changed last" rows={latest} hrefOf={hrefOf} />
      <section>
        <h2>Kept up to date from a terminal</h2>
        <CommandLine command="clew memory sync --dry-run" what="What would change, on the disk and here" />
        <CommandLine command="clew memory sync --all-projects" what="Both ways, for every project of this machine" />
      </section>
    </div>
  );
}

function Rows({ title, rows, hrefOf }: MemoryOverviewProps & { readonly title: string }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul class="overview-rows">
        {rows.map((row) => (
          <li key={row.id}>
            <Link href={hrefOf(row.id)}>
              <b>{row.title ?? row.path}</b>
              <span class="badges">
                {row.conflicts > 0 ? <span class="badge bad">conflict</span> : null}
                {row.waits ? <span class="badge warn">waits</span> : null}
                <WordsMarks words={row} />
              </span>
              <span class="faint">
                {projectName(row)} · {identityName(row.author)} ·{" "}
                <time title={absolute(row.changed_at)}>{ago(row.changed_at)}</time>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function NoMemory() {
  return (
    <div class="state">
      <h2>No memory files yet</h2>
      <p>
        Agents keep what they learn in Markdown files: <code>MEMORY.md</code>, <code>CLAUDE.md</code>, rules. Clew keeps
        every version of them, from all projects, and finds lines in all of them.
      </p>
      <CommandLine command="clew memory push --all-projects" what="Take in those that lie on this machine" />
    </div>
  );
}
