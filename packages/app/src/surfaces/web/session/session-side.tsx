/** @module Beside the transcript: subagents, lineage, what was touched, tools, and what could not be read. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { hasPrograms } from "../../../model/session-below.ts";
import type { SessionDetail, SessionFactRow, TreeNode } from "../../http/answers.ts";
import { StatusDot } from "../parts/status-dot.tsx";
import { SessionEntries, useSessionEntries } from "../shared/session-entries.tsx";
import { bytes, count, duration, money, plural } from "../state/format.ts";
import { select } from "./selection.ts";

export function SessionSide({ detail, tree }: { readonly detail: SessionDetail; readonly tree: TreeNode | null }) {
  const { facts, copies, copied_by, problems, tools, sources } = detail;
  const entries = useSessionEntries(detail.session.session_id);
  const below = tree ? sessionsBelow(tree) : [];
  const title = hasPrograms(below) ? "Sessions below" : "Subagents";
  const shown = [facts.pull_request, facts.commit, facts.file, facts.skill, facts.mcp_server];
  const lists = [below, copies, copied_by, problems, tools, sources, ...shown];
  // An empty column would only take room.
  if (!entries && lists.every((list) => !list || list.length === 0)) return null;
  return (
    <aside class="session-side" aria-label="About this session">
      {entries ? (
        <Section title="Entries">
          <SessionEntries sessionId={detail.session.session_id} entries={entries} />
        </Section>
      ) : null}
      {tree && tree.children.length > 0 ? (
        <Section title={title}>
          <ul class="tree" role="tree" aria-label={title}>
            <TreeItem node={tree} current={detail.session.session_id} />
          </ul>
        </Section>
      ) : null}
      {copies.length > 0 ? (
        <Section title="Continues from">
          {copies.map((copy) => (
            <SessionLink
              key={copy.session_id}
              id={copy.session_id}
              title={copy.title}
              note={`${plural(copy.events, "event")} shared`}
            />
          ))}
        </Section>
      ) : null}
      {copied_by.length > 0 ? (
        <Section title="Continued in">
          {copied_by.map((copy) => (
            <SessionLink
              key={copy.session_id}
              id={copy.session_id}
              title={copy.title}
              note={`${plural(copy.events, "event")} shared`}
            />
          ))}
        </Section>
      ) : null}
      <Facts
        title="Pull requests"
        facts={facts.pull_request}
        show={(fact) => fact.key.replace(/^https:\/\/github\.com\//, "")}
      />
      <Facts
        title="Commits"
        facts={facts.commit}
        show={(fact) => `${fact.key.slice(0, 9)} ${detailText(fact, "subject") ?? detailText(fact, "message") ?? ""}`}
      />
      <Facts title="Files" facts={facts.file} show={(fact) => fact.key} tail />
      {tools.length > 0 ? (
        <Section title="Tools">
          <table class="small-table">
            <thead>
              <tr>
                <th scope="col">Tool</th>
                <th scope="col">Calls</th>
                <th scope="col">Failed</th>
                <th scope="col">Time</th>
              </tr>
            </thead>
            <tbody>
              {tools.map((tool) => (
                <tr key={`${tool.mcp_server}${tool.tool}`}>
                  <th scope="row" title={tool.mcp_server ?? undefined}>
                    {tool.tool}
                  </th>
                  <td>{count(tool.calls)}</td>
                  <td>{tool.failures > 0 ? <b class="failures">{count(tool.failures)}</b> : "0"}</td>
                  <td>{duration(tool.total_ms)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      ) : null}
      <Facts title="Skills" facts={facts.skill} show={(fact) => fact.key} />
      <Facts title="MCP servers" facts={facts.mcp_server} show={(fact) => fact.key} />
      {problems.length > 0 ? (
        <Section title="Unreadable records">
          <ul class="fact-list">
            {problems.map((problem) => (
              <li key={problem.event_id}>
                <button type="button" onClick={() => select(problem.event_id, "waterfall")} title={problem.message}>
                  {problem.reason}: {problem.message}
                </button>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      {sources.length > 0 ? (
        <Section title="Read from">
          <ul class="fact-list">
            {sources.slice(0, 20).map((source) => (
              <li key={source.path} class="tail" title={source.path}>
                <bdi>{source.path}</bdi>{" "}
                <span class="faint">{source.status === "missing" ? "gone, kept here" : bytes(source.size)}</span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </aside>
  );
}

function sessionsBelow(node: TreeNode): readonly TreeNode["session"][] {
  return node.children.flatMap((child) => [child.session, ...sessionsBelow(child)]);
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function TreeItem({ node, current }: { readonly node: TreeNode; readonly current: string }) {
  const { session, depth, children } = node;
  const name =
    depth === 0 ? "main" : (session.agent_description ?? session.title ?? session.agent_type ?? session.session_id);
  const own = money(session.cost_usd);
  return (
    <li
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={children.length > 0 ? "true" : undefined}
      aria-selected={session.session_id === current ? "true" : "false"}
    >
      <div class="tree-row">
        <StatusDot session={session} />
        {session.session_id === current ? (
          <b title={name}>{name}</b>
        ) : (
          <Link href={`/sessions/${encodeURIComponent(session.session_id)}`} title={name}>
            {name}
          </Link>
        )}
        <span class="tree-cost" title={`${own} own, ${money(session.cost_usd_inclusive)} with those below`}>
          {session.responses === 0 && session.cost_usd_inclusive === 0 ? "–" : money(session.cost_usd_inclusive)}
          {session.cost_usd !== session.cost_usd_inclusive ? <small>{own} own</small> : null}
        </span>
      </div>
      {children.length > 0 ? (
        <ul role="group">
          {children.map((child) => (
            <TreeItem key={child.session.session_id} node={child} current={current} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function SessionLink({
  id,
  title,
  note,
}: {
  readonly id: string;
  readonly title: string | null;
  readonly note: string;
}) {
  return (
    <p class="session-link">
      <Link href={`/sessions/${encodeURIComponent(id)}`}>{title ?? id}</Link>
      <span class="faint">{note}</span>
    </p>
  );
}

const SHOWN = 8;

interface FactsProps {
  readonly title: string;
  readonly facts: readonly SessionFactRow[] | undefined;
  /** The end of a long name says more than its beginning. */
  readonly tail?: boolean;
  show(fact: SessionFactRow): string;
}

/** Each leads to the record that says so. */
function Facts({ title, facts = [], tail = false, show }: FactsProps) {
  const [all, setAll] = useState(false);
  if (facts.length === 0) return null;
  return (
    <Section title={`${title} (${facts.length})`}>
      <ul class="fact-list">
        {(all ? facts : facts.slice(0, SHOWN)).map((fact) => (
          <li key={fact.key}>
            <button
              type="button"
              class={tail ? "tail" : undefined}
              title={fact.key}
              onClick={() => select(fact.event_id, "address")}
            >
              <bdi>{show(fact)}</bdi>
            </button>
          </li>
        ))}
      </ul>
      {facts.length > SHOWN ? (
        <button type="button" class="more" onClick={() => setAll(!all)}>
          {all ? "show fewer" : `${facts.length - SHOWN} more`}
        </button>
      ) : null}
    </Section>
  );
}

function detailText(fact: SessionFactRow, key: string): string | null {
  const detail = fact.detail as Readonly<Record<string, unknown>> | null;
  const value = detail && typeof detail === "object" && Object.hasOwn(detail, key) ? detail[key] : null;
  return typeof value === "string" ? value : null;
}
