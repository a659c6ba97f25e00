/** @module What was written down around the made-up sessions: entries by people and agents, a conflict, notes, messages. */
import type { DemoFile } from "./demo-session.ts";
import { type DemoRecord, type SharedPlan, type SharedScene, sharedScene } from "./shared-records.ts";

export interface DemoSharedOptions {
  readonly seed: string;
  /** Milliseconds UTC; nothing is later than that. */
  readonly now: number;
  /** The made-up sessions. */
  readonly files: readonly DemoFile[];
  /** Whom the messages and mentions are for: whoever looks. */
  readonly person: string;
}

const NOOR = "person:noor@harbour-lights.example";
const IVO = "person:ivo@breadbox.example";

interface EntryPlan {
  readonly name: string;
  readonly category: string;
  readonly status: string;
  readonly title: string;
  readonly body?: string;
  readonly tags?: readonly string[];
  readonly links?: readonly { readonly kind: string; readonly target: string }[];
  readonly assignee?: string;
}

/** Records for the spool, oldest first; the same seed, time and person give the same. */
export function demoShared({ seed, now, files, person }: DemoSharedOptions): readonly DemoRecord[] {
  const scene = sharedScene(seed, now, files);
  tidewatch(scene, person);
  breadbox(scene, person);
  lanternfish(scene, person);
  return scene.records();
}

/** Writes an entry; answers its id and the change that did. */
function entry(scene: SharedScene, plan: SharedPlan, { name, body, tags, links, assignee, ...set }: EntryPlan) {
  const id = scene.subject("e", name);
  const change = scene.change(plan, "entry", id, {
    set: {
      ...set,
      ...(body && { body }),
      ...(assignee && { assignee }),
      project: scene.projectId(plan.project),
      workspace: scene.workspaceId(plan.project),
    },
    ...((tags || links) && {
      add: { ...(tags && { tags }), ...(links && { links: links.map((link) => JSON.stringify(link)) }) },
    }),
  });
  return { id, change };
}

function message(
  scene: SharedScene,
  plan: SharedPlan,
  name: string,
  text: string,
  to: { readonly kind: "identity" | "project" | "all"; readonly id?: string },
  answers?: string,
): void {
  const id = scene.subject("m", name);
  const thread = answers === undefined ? id : scene.subject("m", answers);
  scene.change(plan, "message", id, {
    set: { text, to_kind: to.kind, thread, ...(to.id && { to_id: to.id }), ...(answers && { reply_to: thread }) },
  });
}

function tidewatch(scene: SharedScene, person: string): void {
  const project = "tidewatch";
  const agent = { author: "claude-code@tidewatch", project };
  const midnight = { ...agent, session: "Find out why the tide curve jumps at midnight" };
  const jump = entry(
    scene,
    { ...midnight, hoursAgo: 20 * 24 - 2 },
    {
      name: "midnight",
      category: "issue",
      status: "open",
      title: "The tide curve jumps by half a metre at every midnight",
      body: "`hours` restarts with each day, while the phase is meant to run on from `origin`.\n\nThe level is right on the first day only:\n\n```ts\nconst hours = hoursBetween(startOfDay(at), at);\n```",
      tags: ["tides"],
      links: [
        { kind: "event", target: scene.eventWith("Found it: `hours` restarts at every midnight") },
        { kind: "file", target: "src/tide/curve.ts" },
      ],
    },
  );
  scene.change({ ...midnight, hoursAgo: 20 * 24 - 3 }, "entry", jump.id, {
    set: { status: "resolved" },
    replaces: { status: [jump.change] },
    add: { links: [JSON.stringify({ kind: "commit", target: "4be91c7" })] },
    note: "Counted from `origin` now. The largest step between two samples at Alder Quay is 4 cm, at mid-tide.",
  });
  const cache = { ...agent, session: "Rewrite the harbour forecast cache" };
  entry(
    scene,
    { ...cache, hoursAgo: 5 * 24 - 1 },
    {
      name: "fetches",
      category: "finding",
      status: "open",
      title: "One forecast fetch in fifty fails, and nothing counts it",
      body: "412 of 20,133 fetches failed since January. `catch {}` in `src/forecast/cache.ts` hid them; they are recorded since pull request 87.",
      tags: ["forecast", "monitoring"],
      links: [
        { kind: "event", target: scene.eventWith("One fetch in fifty fails") },
        { kind: "url", target: "https://github.com/harbour-lights/tidewatch/pull/87" },
      ],
    },
  );
  entry(
    scene,
    { author: person, project, hoursAgo: 4 * 24 },
    {
      name: "map",
      category: "decision",
      status: "info",
      title: "Forecasts stay in the in-memory map",
      body: "SQLite would keep them over a restart, at 30 times the read time. With two deploys a day that is not worth it.",
      tags: ["forecast"],
    },
  );
  const rota = entry(
    scene,
    { author: NOOR, project, hoursAgo: 30 },
    {
      name: "rota",
      category: "task",
      status: "open",
      title: "Decide who is woken up for a storm on Sundays",
      body: "The thresholds are set. The rota still has nobody on Sunday nights.",
      tags: ["alarms", "before-autumn"],
      assignee: person,
    },
  );
  scene.change({ ...agent, hoursAgo: 9, session: "Review the alarm rules with two helpers" }, "entry", rota.id, {
    note: "The review left the rota out on purpose: it decides who loses sleep.",
  });
  // Neither knew of the other.
  scene.change({ author: NOOR, project, hoursAgo: 3.2 }, "entry", rota.id, {
    set: { status: "blocked" },
    replaces: { status: [rota.change] },
    note: "Waits for the harbour master's list of numbers.",
  });
  scene.change({ author: person, project, hoursAgo: 3.1 }, "entry", rota.id, {
    set: { status: "in_progress" },
    replaces: { status: [rota.change] },
  });
  message(
    scene,
    { author: NOOR, project, hoursAgo: 2.5 },
    "numbers",
    "The harbour master sends the numbers on Monday. Can the storm banner go out **without** the rota?",
    { kind: "identity", id: person },
  );
  message(
    scene,
    { ...agent, hoursAgo: 0.3, session: "Add a storm banner to the harbour page" },
    "banner",
    "The storm banner is announced to screen readers (`role=alert`). It does not need the rota.",
    { kind: "project", id: scene.projectId(project) },
  );
}

function breadbox(scene: SharedScene, person: string): void {
  const project = "breadbox";
  const agent = { author: "claude-code@breadbox", project };
  // It had looked something up on the web.
  const invoices = { ...agent, session: "Explain the nightly invoice job", tainted: true };
  entry(
    scene,
    { ...invoices, hoursAgo: 11 * 24 - 1 },
    {
      name: "twice",
      category: "issue",
      status: "open",
      title: "An invoice goes out twice when the nightly job is killed",
      body: "It mails first and marks afterwards. Providers accept an `Idempotency-Key` and drop a second message with the same one for 24 hours.",
      tags: ["money", "invoices"],
      links: [{ kind: "file", target: "breadbox/invoices.py" }],
    },
  );
  entry(
    scene,
    { author: person, project, hoursAgo: 10 * 24 },
    {
      name: "index",
      category: "task",
      status: "open",
      title: "Index orders by customer and day",
      body: "`CREATE INDEX CONCURRENTLY orders_by_customer_day ON orders (customer_id, day);`\n\nTakes the invoice job from forty minutes to two.",
      tags: ["invoices"],
      assignee: IVO,
    },
  );
  const cents = { ...agent, session: "Prices in integer cents" };
  entry(
    scene,
    { ...cents, hoursAgo: 2 * 24 - 2 },
    {
      name: "rounding",
      category: "note",
      status: "info",
      title: "Rounding is half up: 10.275 becomes 10.28",
      body: "It was printed as 10.27 before. One invoice of the fixtures changed by a cent.",
      tags: ["money"],
      links: [{ kind: "event", target: scene.eventWith("10.275 was printed as 10.27") }],
    },
  );
  message(
    scene,
    { author: IVO, project, hoursAgo: 26 },
    "freeze",
    "No deploys from Friday noon to Monday: the tax office reads the books.",
    { kind: "all" },
  );
}

function lanternfish(scene: SharedScene, person: string): void {
  const project = "lanternfish";
  const links = { author: "claude-code@lanternfish", project, session: "Nightly check for dead links" };
  const name = person.replace(/^person:/u, "");
  const dead = entry(
    scene,
    { ...links, hoursAgo: 3 * 24 - 1 },
    {
      name: "dead",
      category: "task",
      status: "open",
      title: "Two dead links in the docs",
      body: "- `docs/housings.md:31` leads to a page that is gone\n- `docs/import.md:8` names a heading that was renamed",
      tags: ["docs"],
    },
  );
  scene.change(
    { author: "claude-code@lanternfish", project, hoursAgo: 20, session: "Release notes for 0.4" },
    "entry",
    dead.id,
    {
      set: { status: "in_progress" },
      replaces: { status: [dead.change] },
      note: `The heading is right again. @${name}, which page should \`housings.md\` lead to now?`,
    },
  );
}
