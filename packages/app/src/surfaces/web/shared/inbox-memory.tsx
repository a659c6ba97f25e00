/** @module What others did to memory files and to the graph, as lines of the inbox. */
import { Link } from "wouter-preact";
import type { GraphNews, MemoryNews } from "../../http/answers.ts";
import { absolute, ago, plural } from "../state/format.ts";
import { plainName } from "./people.ts";
import { TaintedBadge } from "./trust-badges.tsx";
import { Who } from "./who.tsx";

export interface MemoryNewsRowProps {
  readonly news: MemoryNews;
  readonly isActive: boolean;
}

export function MemoryNewsRow({ news, isActive }: MemoryNewsRowProps) {
  const { path, project, by, at, versions, deleted, conflicts, tainted } = news;
  const did = [...(versions > 0 ? [plural(versions, "new version")] : []), ...(deleted ? ["deleted"] : [])];
  return (
    <li class="inbox-row" data-testid="inbox-memory" aria-current={isActive ? "true" : undefined}>
      <i class="unread-dot" aria-hidden="true" />
      <svg class="status-mark" data-status="message" viewBox="0 0 16 16" role="img" aria-label="Memory file">
        <path d="M4 2h5.500L12.500 5v9H4ZM9.500 2v3h3" />
      </svg>
      <div class="inbox-what">
        <p class="inbox-title">
          <Link href={memoryNewsHref(news)} title={path}>
            {path}
          </Link>
          {conflicts > 0 ? <span class="badge bad">conflict</span> : null}
          {tainted ? <TaintedBadge /> : null}
        </p>
        <p class="inbox-said">
          <By by={by} />
          <span>{did.join(", ") || "changed it"}</span>
          <span class="inbox-project">{project ?? (news.project_id === null ? "global" : news.project_id)}</span>
        </p>
      </div>
      <time dateTime={at ?? undefined} title={absolute(at)}>
        {ago(at)}
      </time>
    </li>
  );
}

export interface GraphNewsRowProps {
  readonly news: GraphNews;
  readonly isActive: boolean;
}

export function GraphNewsRow({ news, isActive }: GraphNewsRowProps) {
  const { by, entities, relations, changes, at, tainted } = news;
  const touched = [
    ...(entities > 0 ? [plural(entities, "entity", "entities")] : []),
    ...(relations > 0 ? [plural(relations, "relation")] : []),
  ];
  return (
    <li class="inbox-row" data-testid="inbox-graph" aria-current={isActive ? "true" : undefined}>
      <i class="unread-dot" aria-hidden="true" />
      <svg class="status-mark" data-status="message" viewBox="0 0 16 16" role="img" aria-label="Graph">
        <path d="M5 6 8 10m3-4L8 10M4 5.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Zm8 0a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Zm-4 8a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Z" />
      </svg>
      <div class="inbox-what">
        <p class="inbox-title">
          <Link href={graphHref()}>{touched.join(", ")}</Link>
          {tainted ? <TaintedBadge /> : null}
        </p>
        <p class="inbox-said">
          <Who identity={by} />
          <span>{plural(changes, "change")}</span>
        </p>
      </div>
      <time dateTime={at ?? undefined} title={absolute(at)}>
        {ago(at)}
      </time>
    </li>
  );
}

function By({ by }: { readonly by: readonly string[] }) {
  const others = by.slice(0, -1);
  return (
    <>
      <Who identity={by.at(-1) ?? "unknown"} />
      {others.length > 0 ? <span title={others.map(plainName).join(", ")}>and {others.length} more</span> : null}
    </>
  );
}

export function memoryNewsHref({ id }: MemoryNews): string {
  return `/memory?file=${encodeURIComponent(id)}`;
}

export function graphHref(): string {
  return "/memory/graph";
}
