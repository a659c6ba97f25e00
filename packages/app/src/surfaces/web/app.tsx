/** @module The frame around every page: navigation, banners, help; and which page an address means. */
import { useEffect } from "preact/hooks";
import { Route, Switch, useLocation } from "wouter-preact";
import { CostPage } from "./pages/cost.tsx";
import { HealthPage } from "./pages/health.tsx";
import { SearchPage } from "./pages/search.tsx";
import { SessionsPage } from "./pages/sessions.tsx";
import { SignedOut } from "./pages/signed-out.tsx";
import { ToolsPage } from "./pages/tools.tsx";
import { Banners } from "./parts/banners.tsx";
import { Help, openHelp } from "./parts/help.tsx";
import { lazyPage } from "./parts/lazy-page.tsx";
import { Empty } from "./parts/states.tsx";
import { TopBar } from "./parts/top-bar.tsx";
import { Toasts } from "./shared/toasts.tsx";
import { signedOut } from "./state/api.ts";
import { useKeys } from "./state/keys.ts";
import type { Status } from "./state/status.ts";
import { useAnswer } from "./state/use-answer.ts";

/** Markdown and its sanitiser come with it: two thirds of all code. */
const SessionPage = lazyPage<{ readonly id: string }>(async () => (await import("./pages/session.tsx")).SessionPage);

/** A line is shown as a tool's output is, with the code that colours it. */
const LogsPage = lazyPage<object>(async () => (await import("./pages/logs.tsx")).LogsPage);

/** Text is shown as an answer of the transcript is, with the same sanitiser. */
const EntriesPage = lazyPage<object>(async () => (await import("./pages/entries.tsx")).EntriesPage);
const EntryPage = lazyPage<{ readonly id: string }>(async () => (await import("./pages/entry.tsx")).EntryPage);
const InboxPage = lazyPage<object>(async () => (await import("./pages/inbox.tsx")).InboxPage);

const MemoryPage = lazyPage<object>(async () => (await import("./pages/memory.tsx")).MemoryPage);
const MemoryGraphPage = lazyPage<object>(async () => (await import("./pages/memory-graph.tsx")).MemoryGraphPage);

export function App() {
  const [path, navigate] = useLocation();
  const status = useAnswer<Status>("status", {}, { follow: "all", every: 2_000 });
  useKeys([
    { keys: ["?"], label: "Show this help", run: () => openHelp() },
    { keys: ["1"], label: "Sessions", run: () => navigate("/") },
    { keys: ["2"], label: "Search", run: () => navigate("/search") },
    { keys: ["3"], label: "Logs", run: () => navigate("/logs") },
    { keys: ["4"], label: "Cost", run: () => navigate("/cost") },
    { keys: ["5"], label: "Tools", run: () => navigate("/tools") },
    { keys: ["6"], label: "Health", run: () => navigate("/health") },
    { keys: ["7"], label: "Entries", run: () => navigate("/entries") },
    { keys: ["8"], label: "Memory", run: () => navigate("/memory") },
    { keys: ["i"], label: "Inbox", run: () => navigate("/inbox") },
    { keys: ["mod+k"], label: "Search everything", run: () => navigate("/search") },
  ]);
  useEffect(() => {
    if (!/^\/(?:sessions|entries)\/./.test(path)) document.title = `${TITLES[path] ?? "Nothing here"} · Clew`;
  }, [path]);
  if (signedOut.value) return <SignedOut />;
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <TopBar status={status.data} />
      <Banners status={status.data} />
      <main id="main" tabIndex={-1}>
        <Switch>
          <Route path="/">
            <SessionsPage status={status.data} />
          </Route>
          <Route path="/sessions/:id">
            {(parameters: { id: string }) => <SessionPage key={parameters.id} id={decodeURIComponent(parameters.id)} />}
          </Route>
          <Route path="/logs">
            <LogsPage />
          </Route>
          <Route path="/entries">
            <EntriesPage />
          </Route>
          <Route path="/entries/:id">
            {(parameters: { id: string }) => <EntryPage key={parameters.id} id={decodeURIComponent(parameters.id)} />}
          </Route>
          <Route path="/inbox">
            <InboxPage />
          </Route>
          <Route path="/memory">
            <MemoryPage />
          </Route>
          <Route path="/memory/graph">
            <MemoryGraphPage />
          </Route>
          <Route path="/cost" component={CostPage} />
          <Route path="/search" component={SearchPage} />
          <Route path="/tools" component={ToolsPage} />
          <Route path="/health" component={HealthPage} />
          <Route>
            <Empty title="Nothing is at this address">
              <a class="button" href="/">
                All sessions
              </a>
            </Empty>
          </Route>
        </Switch>
      </main>
      <Toasts />
      <Help />
    </div>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  "/": "Sessions",
  "/cost": "Cost",
  "/entries": "Entries",
  "/health": "Health",
  "/inbox": "Inbox",
  "/logs": "Logs",
  "/memory": "Memory",
  "/memory/graph": "Graph",
  "/search": "Search",
  "/tools": "Tools",
};
