/** @module The two sides of a session: what was said, and what it came to. */

export type SessionTab = "transcript" | "overview";
const LABELS: Readonly<Record<SessionTab, string>> = { transcript: "Transcript", overview: "Overview" };

export interface SessionTabsProps {
  readonly tab: SessionTab;
  onTab(tab: SessionTab): void;
}

export function SessionTabs({ tab, onTab }: SessionTabsProps) {
  return (
    <>
      <h2 class="hidden">{LABELS[tab]}</h2>
      <div class="segmented tabs" role="group" aria-label="Side of the session">
        {(["transcript", "overview"] as const).map((one) => (
          <button type="button" key={one} aria-pressed={tab === one} onClick={() => onTab(one)}>
            {LABELS[one]}
          </button>
        ))}
      </div>
    </>
  );
}
