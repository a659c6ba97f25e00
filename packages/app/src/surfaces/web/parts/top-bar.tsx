/** @module Name, navigation, state of the index, theme and help. */
import { useEffect, useRef } from "preact/hooks";
import { Link, useLocation, useRoute } from "wouter-preact";
import { InboxLink } from "../shared/inbox-link.tsx";
import { ago, bytes, duration, plural } from "../state/format.ts";
import { connection, progress } from "../state/live.ts";
import type { Status } from "../state/status.ts";
import { nextTheme, theme } from "../state/theme.ts";
import { openHelp } from "./help.tsx";

const PAGES = [
  { path: "/", also: "/sessions/:id", label: "Sessions" },
  { path: "/search", also: "/search", label: "Search" },
  { path: "/logs", also: "/logs", label: "Logs" },
  { path: "/cost", also: "/cost", label: "Cost" },
  { path: "/tools", also: "/tools", label: "Tools" },
  { path: "/health", also: "/health", label: "Health" },
  { path: "/entries", also: "/entries/:id", label: "Entries" },
  { path: "/memory", also: "/memory/graph", label: "Memory" },
] as const;

export function TopBar({ status }: { readonly status: Status | null }) {
  const [path] = useLocation();
  const nav = useFades();
  // Where the names of the pages are scrolled, that of the present one is in sight.
  useEffect(() => {
    document.querySelector(".top-bar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path]);
  return (
    <header class="top-bar">
      <Link href="/" class="brand">
        <img src="/icon.svg" alt="" width="20" height="20" />
        Clew
      </Link>
      <nav aria-label="Pages" ref={nav}>
        {PAGES.map((page) => (
          <PageLink key={page.path} {...page} />
        ))}
      </nav>
      <IndexState status={status} />
      <InboxLink />
      <button
        type="button"
        class="ghost"
        onClick={nextTheme}
        aria-label={`Theme: ${theme.value}. Change`}
        title={`Theme: ${theme.value}`}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          {theme.value === "light" ? (
            <path d="M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5v1m0 11v1M1.5 8h1m11 0h1M3.400 3.400l.7.7m7.800 7.800.7.7m0-9.200-.7.7m-7.800 7.800-.7.7" />
          ) : theme.value === "dark" ? (
            <path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z" />
          ) : (
            <path d="M2 3h12v8H2zM5.5 14h5M8 11v3" />
          )}
        </svg>
      </button>
      <button type="button" class="ghost" onClick={openHelp} aria-label="Keyboard help" title="Keyboard help (?)">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M6 6.200a2 2 0 1 1 2.800 1.900c-.5.2-.8.6-.8 1.200v.2m0 2v.1M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z" />
        </svg>
      </button>
    </header>
  );
}

/** Of what is scrolled sideways: at which of its ends there is more. */
function useFades() {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const box = element.current!;
    const tell = () => {
      const rest = box.scrollWidth - box.clientWidth;
      box.toggleAttribute("data-more-before", rest > 1 && box.scrollLeft > 1);
      box.toggleAttribute("data-more-after", rest > 1 && box.scrollLeft < rest - 1);
    };
    tell();
    const observer = new ResizeObserver(tell);
    observer.observe(box);
    box.addEventListener("scroll", tell, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", tell);
    };
  }, []);
  return element;
}

function PageLink({ path, also, label }: (typeof PAGES)[number]) {
  const [isPage] = useRoute(path);
  const [isAlso] = useRoute(also);
  return (
    <Link href={path} aria-current={isPage || isAlso ? "page" : undefined}>
      {label}
    </Link>
  );
}

function IndexState({ status }: { readonly status: Status | null }) {
  const index = progress.value ?? status?.index ?? null;
  if (index && index.phase !== "idle" && connection.value === "live") {
    const part = index.bytes > 0 ? index.bytes_done / index.bytes : 0;
    const left = index.seconds_left === null ? "" : ` · ${duration(index.seconds_left * 1_000)} left`;
    return (
      <span class="index-state">
        <progress max={1} value={part} aria-label="Indexing" />
        <span>
          {index.phase === "usage" ? "counting usage" : "indexing text"} {Math.round(part * 100)} % ·{" "}
          {bytes(index.bytes_per_second)}/s{left}
        </span>
      </span>
    );
  }
  const isLive = connection.value === "live";
  return (
    <span
      class="index-state"
      title={status ? `${plural(status.events, "event")}, ${plural(status.problems, "problem")}` : undefined}
    >
      <i class="pulse" data-live={isLive ? "" : undefined} />
      <span>
        {isLive ? "live" : connection.value}
        {status?.last_event_at ? <em> · last event {ago(status.last_event_at)}</em> : null}
      </span>
    </span>
  );
}
