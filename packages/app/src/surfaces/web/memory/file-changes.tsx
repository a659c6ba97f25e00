/** @module What a version changed: against the one before, or any other. */
import { useLocation } from "wouter-preact";
import type { MemoryWebFile } from "../../http/answers.ts";
import type { MemoryText } from "../../http/memory-questions.ts";
import { Failure, Loading } from "../parts/states.tsx";
import { DiffView } from "../session/diff-view.tsx";
import { useAnswer } from "../state/use-answer.ts";
import { memoryHref } from "./memory-url.ts";
import { identityName } from "./words-marks.tsx";

const shortTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function when(time: string | null): string {
  return time === null ? "no date" : shortTime.format(new Date(time));
}

export interface FileChangesProps {
  readonly file: MemoryWebFile;
  readonly version: string;
  readonly content: string;
  /** Null: the version before. */
  readonly against: string | null;
  readonly search: string;
}

export function FileChanges({ file, version, content, against, search }: FileChangesProps) {
  const [, navigate] = useLocation();
  const texts = file.versions.filter(({ what }) => what === "content");
  const before = texts[texts.findIndex((one) => one.version === version) + 1]?.version ?? null;
  const other = against ?? before;
  const asked = useAnswer<MemoryText>(
    other === null ? null : `memory/files/${encodeURIComponent(file.id)}/text`,
    other === null ? {} : { version: other },
  );
  const text = other === null ? "" : asked.data?.version === other ? asked.data.content : null;
  const choose = (changes: { readonly version?: string; readonly against?: string }) =>
    navigate(memoryHref(search, { view: "changes", ...changes }));
  const option = (one: (typeof texts)[number]) => (
    <option key={one.version} value={one.version}>
      {when(one.ts)}, {identityName(one.author)}
      {one.current ? " (stands)" : ""}
    </option>
  );
  return (
    <div class="memory-changes" data-testid="memory-changes">
      <p class="compare">
        <label>
          From{" "}
          <select
            value={other ?? ""}
            data-testid="compare-from"
            onChange={(event) => choose({ against: event.currentTarget.value })}
          >
            {before === null ? <option value="">nothing</option> : null}
            {texts.filter((one) => one.version !== version).map(option)}
          </select>
        </label>{" "}
        <label>
          to{" "}
          <select
            value={version}
            data-testid="compare-to"
            onChange={(event) => choose({ version: event.currentTarget.value, against: other ?? "" })}
          >
            {texts.map(option)}
          </select>
        </label>
      </p>
      {text === null && asked.error ? <Failure error={asked.error} retry={asked.retry} /> : null}
      {text === null && !asked.error ? <Loading rows={3} /> : null}
      {text === null ? null : text === content ? (
        <p class="faint">The two are the same.</p>
      ) : (
        <DiffView edits={[{ before: text, after: content }]} label="What changed between the two versions" />
      )}
    </div>
  );
}
