/** @module The sides of a session: what was said, everything that was told of it by time, and what it came to. */

export const SESSION_TABS = ["transcript", "timeline", "overview"] as const;
export type SessionTab = (typeof SESSION_TABS)[number];
const LABELS: Readonly<Record<SessionTab, string>> = {
  transcript: "Transcript",
  timeline: "Timeline",
  overview: "Overview",
};
const TITLES: Readonly<Record<SessionTab, string>> = {
  transcript: "What was said and done",
  timeline: "Log lines, LLM calls, hooks and transcript, by time",
  overview: "What it came to",
};

export interface SessionTabsProps {
  readonly tab: SessionTab;
  onTab(tab: SessionTab): void;
}

export function SessionTabs({ tab, onTab }: SessionTabsProps) {
  return (
    <>
      <h2 class="hidden">{LABELS[tab]}</h2>
      <div class="segmented tabs" role="group" aria-label="Side of the session">
        {SESSION_TABS.map((one) => (
          <button type="button" key={one} aria-pressed={tab === one} title={TITLES[one]} onClick={() => onTab(one)}>
            {LABELS[one]}
          </button>
        ))}
      </div>
    </>
  );
}
