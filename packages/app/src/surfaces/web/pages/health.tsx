/** @module Is all well: the checks, what must not exist and does, what was lost on the way, and what could not be read. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import type { DataQuality, DoctorCheck, ProblemRow } from "../../http/answers.ts";
import type { HealthAnswer } from "../../http/routes/health.ts";
import { Failure, Loading } from "../parts/states.tsx";
import { sinceText } from "../state/activity.ts";
import { absolute, ago, bytes, count, duration, plural } from "../state/format.ts";
import { useNow } from "../state/now.ts";
import { useAnswer } from "../state/use-answer.ts";

/** Milliseconds between two looks; the server decides how often the report is made anew. */
const EVERY_MS = 15_000;
/** A report older than this says so. */
const OLD_MS = 60_000;

export function HealthPage() {
  const [round, setRound] = useState(0);
  const [isFresh, setFresh] = useState(false);
  const answer = useAnswer<HealthAnswer>("doctor", { fresh: isFresh ? 1 : undefined, round: round || undefined });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden) return;
      setFresh(false);
      setRound((number) => number + 1);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const checkNow = () => {
    setFresh(true);
    setRound((number) => number + 1);
  };
  const report = answer.data;
  return (
    <div class="page health-page">
      <header class="page-head">
        <h1>Health</h1>
        {report ? <Verdict report={report} /> : null}
        <button type="button" class="button" onClick={checkNow} disabled={answer.loading && isFresh}>
          Check again
        </button>
      </header>
      {answer.error && !report ? <Failure error={answer.error} retry={answer.retry} /> : null}
      {answer.error && report ? (
        <p class="remark">The newest report could not be loaded: {answer.error.message}</p>
      ) : null}
      {!report && !answer.error ? <Loading /> : null}
      {report ? <Report report={report} /> : null}
    </div>
  );
}

function Verdict({ report }: { readonly report: HealthAnswer }) {
  const now = useNow();
  const isOld = now - Date.parse(report.checked_at) > OLD_MS;
  const failed = report.checks.filter((check) => !check.ok).length;
  return (
    <p class="verdict" data-ok={report.ok ? "" : undefined} role="status" data-testid="verdict">
      <b>{report.ok ? "All checks passed" : `${plural(failed, "check")} failed`}</b>
      <span class={isOld ? "old" : "faint"} title={absolute(report.checked_at)}>
        checked {sinceText(report.checked_at, now)} ago
      </span>
    </p>
  );
}

function Report({ report }: { readonly report: HealthAnswer }) {
  return (
    <>
      <div class="cards">
        <div>
          <Card title="Checks">
            <ul class="checks">
              {report.checks.map((check) => (
                <Check key={check.name} check={check} />
              ))}
            </ul>
          </Card>
          <Card title="Hooks' records">
            <Counts rows={spoolCounts(report)} />
            {report.daemon?.spool.drained_at ? (
              <p class="card-note faint">Last taken in {ago(report.daemon.spool.drained_at)}.</p>
            ) : null}
          </Card>
        </div>
        <div>
          <Card title="What must not exist">
            <Counts
              rows={(Object.keys(QUALITY) as (keyof DataQuality)[]).map((key) => [
                QUALITY[key],
                report.data_quality[key],
              ])}
            />
          </Card>
          <Database report={report} />
        </div>
      </div>
      <Problems report={report} />
    </>
  );
}

type CountRow = readonly [label: string, number: number, isFine?: boolean];

function spoolCounts({ spool, daemon }: HealthAnswer): readonly CountRow[] {
  return [
    ["Lost: dropped by a full spool", spool.lost],
    ["Torn: cut off in writing", spool.torn],
    ...(daemon ? [["Waiting to be taken in", daemon.spool.files, true] as const] : []),
  ];
}

const QUALITY: Readonly<Record<keyof DataQuality, string>> = {
  sessions_without_identity: "Sessions without an identity",
  sessions_without_person: "Sessions without a person",
  sessions_without_workspace: "Sessions without a workspace",
  agents_without_parent: "Agents without a parent",
  mcp_calls_without_session: "MCP calls without a session",
  orphaned_events: "Events without a session",
};

function Card({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      {children}
    </section>
  );
}

function Check({ check }: { readonly check: DoctorCheck }) {
  return (
    <li data-ok={check.ok ? "" : undefined}>
      <i role="img" aria-label={check.ok ? "passed" : "failed"}>
        {check.ok ? "✓" : "✗"}
      </i>
      <span>{check.name}</span>
      {check.detail === "yes" ? null : <span class="faint">{check.detail}</span>}
      {check.fix ? <p>{check.fix}</p> : null}
    </li>
  );
}

/** Label and number; a number above zero is a fault unless the row says that it is none. */
function Counts({ rows }: { readonly rows: readonly CountRow[] }) {
  return (
    <table class="counts">
      <tbody>
        {rows.map(([label, number, isFine = false]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{number > 0 && !isFine ? <b class="failures">{count(number)}</b> : count(number)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Database({
  report: { database, counts, daemon, last_event_at, unpriced_models, took_ms },
}: {
  readonly report: HealthAnswer;
}) {
  const rows: readonly (readonly [string, string])[] = [
    ["Last event", ago(last_event_at)],
    [
      "Holds",
      `${plural(counts.sessions, "session")}, ${plural(counts.events, "event")}, ${plural(counts.tool_calls, "tool call")}`,
    ],
    [
      "Read from",
      `${plural(counts.files, "file")}, ${bytes(database.source_bytes)}${counts.missing_files > 0 ? `, ${count(counts.missing_files)} of them gone` : ""}`,
    ],
    ["Size", `${bytes(database.bytes)}, log ${bytes(database.wal_bytes)}`],
    ["SQLite", `${database.sqlite_version}, schema ${database.schema_version}`],
    [
      "Unpriced",
      counts.unpriced_responses > 0
        ? `${plural(counts.unpriced_responses, "response")}: ${unpriced_models.join(", ")}`
        : "none",
    ],
    ...(daemon
      ? ([
          [
            "Process",
            `pid ${daemon.pid}, version ${daemon.version}, ${bytes(daemon.memory_bytes)}, since ${ago(daemon.started_at)}`,
          ],
        ] as const)
      : []),
    ["This report took", duration(took_ms)],
  ];
  return (
    <Card title="Database">
      <dl class="pairs">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Problems({ report: { problems } }: { readonly report: HealthAnswer }) {
  const reasons = Object.entries(problems.by_reason).map(([reason, number]) => `${count(number)} ${reason}`);
  return (
    <section class="card" aria-label="Lines that could not be read">
      <header>
        <h2>
          {problems.total === 0
            ? "Everything that was found could be read"
            : `${plural(problems.total, "record")} could not be read in full`}
        </h2>
        <span class="faint">{reasons.join(" · ")}</span>
      </header>
      {problems.rows.length > 0 ? (
        <ul class="problems">
          {problems.rows.map((problem) => (
            <Problem key={`${problem.event_id}${problem.message}`} problem={problem} />
          ))}
        </ul>
      ) : null}
      {problems.total > problems.rows.length ? (
        <p class="card-note faint">
          {count(problems.rows.length)} of {count(problems.total)}; <code>clew doctor --limit {problems.total}</code>{" "}
          prints all.
        </p>
      ) : null}
    </section>
  );
}

function Problem({ problem }: { readonly problem: ProblemRow }) {
  const place = problem.path ? `${problem.path} at byte ${count(problem.offset ?? 0)}` : "came live";
  return (
    <li data-testid="problem">
      <p>
        <b>{problem.reason}</b> {problem.message}
      </p>
      <p class="faint">
        <Link
          href={`/sessions/${encodeURIComponent(problem.session_id)}#event-${encodeURIComponent(problem.event_id)}`}
        >
          {place}
        </Link>{" "}
        · {bytes(problem.raw_bytes)}
      </p>
      <pre tabIndex={0} role="group" aria-label="The raw record">
        {problem.raw === "" ? "(empty)" : problem.raw}
      </pre>
    </li>
  );
}
