/** @module An opened memory file: whose words it is, its text in prose or as it is, what a version changed, and the ways on. */
import { useEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import type { MemoryWebFile } from "../../http/answers.ts";
import type { MemoryText } from "../../http/memory-questions.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { absolute, ago, bytes, plural } from "../state/format.ts";
import { useAnswer } from "../state/use-answer.ts";
import { FileChanges } from "./file-changes.tsx";
import { FileCommands } from "./file-commands.tsx";
import { FileConflict } from "./file-conflict.tsx";
import { pathParts, projectName } from "./file-groups.ts";
import { FileLinks } from "./file-links.tsx";
import { FileVersions } from "./file-versions.tsx";
import { MemoryProse } from "./memory-prose.tsx";
import { FILE_VIEWS, type FileView, type MemoryView, memoryHref } from "./memory-url.ts";
import { RawLines } from "./raw-lines.tsx";
import { identityName, WordsMarks } from "./words-marks.tsx";

export interface FileDetailProps {
  readonly view: MemoryView;
  /** Of the address. */
  readonly search: string;
  readonly wanted: readonly string[];
  onClose(): void;
}

const VIEW_LABELS: Readonly<Record<FileView, string>> = { text: "Text", raw: "Raw", changes: "Changes" };

export function FileDetail(properties: FileDetailProps) {
  const { view, onClose } = properties;
  const id = view.file ?? "";
  const box = useRef<HTMLElement>(null);
  const asked = useAnswer<MemoryWebFile>(`memory/files/${encodeURIComponent(id)}`, {}, { follow: "all", every: 2_000 });
  useEffect(() => box.current?.scrollTo({ top: 0 }), [id]);
  const file = asked.data?.id === id ? asked.data : null;
  return (
    <article
      class="memory-detail"
      aria-label="Memory file"
      data-testid="memory-detail"
      data-file={id}
      ref={box}
      tabIndex={0}
    >
      {file ? <Opened key={id} {...properties} file={file} /> : null}
      {!file && asked.error ? (
        <>
          <CloseButton onClose={onClose} />
          <Failure error={asked.error} retry={asked.retry} />
        </>
      ) : null}
      {!file && !asked.error ? <Loading rows={6} /> : null}
    </article>
  );
}

function CloseButton({ onClose }: { onClose(): void }) {
  return (
    <button type="button" class="ghost" aria-label="Close the file" title="Close (Esc)" onClick={onClose}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="m4.5 4.5 7 7m0-7-7 7" />
      </svg>
    </button>
  );
}

function Opened({ file, view, search, wanted, onClose }: FileDetailProps & { readonly file: MemoryWebFile }) {
  const version = view.version ?? file.version;
  const isOlder = version !== file.version;
  const text = useAnswer<MemoryText>(isOlder ? `memory/files/${encodeURIComponent(file.id)}/text` : null, { version });
  const older = text.data?.version === version ? text.data.content : null;
  const content = isOlder ? older : file.content;
  const { directory, name } = pathParts(file.path);
  const of = file.versions.find((one) => one.version === version);
  return (
    <>
      <header class="memory-head">
        <div>
          <p class="memory-where">
            <span>{projectName(file)}</span> <span class="faint">/</span>{" "}
            <span class="mono">
              {directory === "" ? null : <span class="faint">{directory}</span>}
              {name}
            </span>
            <CopyButton text={file.path} label="Copy the path" />
          </p>
          <h2>{file.title ?? name}</h2>
          {file.description === null ? null : <p class="memory-about">{file.description}</p>}
        </div>
        <CloseButton onClose={onClose} />
        <p class="memory-said" data-testid="memory-trust">
          <WordsMarks words={file.written} isFull />
          {file.type === null ? null : <span class="badge">{file.type}</span>}
          <span>
            {identityName(file.written.author)}, <time title={absolute(file.changed_at)}>{ago(file.changed_at)}</time>
            {file.written.session_id === null ? null : (
              <>
                {" in "}
                <Link href={`/sessions/${encodeURIComponent(file.written.session_id)}`}>
                  {file.session_title ?? "its session"}
                </Link>
              </>
            )}
          </span>
          <span class="faint">
            {bytes(file.size)}, {plural(file.versions.length, "change")}
          </span>
        </p>
      </header>
      <div class="memory-columns">
        <div class="memory-main">
          <Notes file={file} isOlder={isOlder} changedAt={of?.ts ?? null} search={search} />
          {file.conflicts > 0 && file.others.length > 0 && !isOlder ? <FileConflict file={file} /> : null}
          <nav class="segmented view-links" aria-label="Show as">
            {FILE_VIEWS.map((one) => (
              <Link
                key={one}
                href={memoryHref(search, { view: one === "text" ? "" : one, line: "" })}
                aria-current={view.view === one ? "true" : undefined}
              >
                {VIEW_LABELS[one]}
              </Link>
            ))}
          </nav>
          {content === null && text.error ? <Failure error={text.error} retry={text.retry} /> : null}
          {content === null && !text.error ? <Loading rows={4} /> : null}
          {content === null ? null : view.view === "changes" ? (
            <FileChanges file={file} version={version} content={content} against={view.against} search={search} />
          ) : view.view === "raw" ? (
            <RawLines text={content} wanted={wanted} line={view.line} />
          ) : (
            <MemoryProse content={content} isReadable={isOlder || file.problem === null} />
          )}
        </div>
        <div class="memory-side">
          <FileLinks file={file} search={search} />
          <FileVersions file={file} search={search} shown={version} />
          <FileCommands file={file} version={version} />
        </div>
      </div>
    </>
  );
}

interface NotesProps {
  readonly file: MemoryWebFile;
  readonly isOlder: boolean;
  readonly changedAt: string | null;
  readonly search: string;
}

/** What is not as one would expect. */
function Notes({ file, isOlder, changedAt, search }: NotesProps) {
  return (
    <>
      {file.deleted ? (
        <p class="memory-note" role="note">
          It was deleted. Every version is kept, and can be brought back.
        </p>
      ) : null}
      {isOlder ? (
        <p class="memory-note" role="note" data-testid="older-version">
          An older version, of <time title={absolute(changedAt)}>{ago(changedAt)}</time>.{" "}
          <Link href={memoryHref(search, { version: "", against: "" })}>Show what stands</Link>
        </p>
      ) : null}
      {file.problem === null ? null : (
        <p class="memory-note" role="note">
          Its front matter is shown as text: {file.problem}
        </p>
      )}
      {file.waiting.map((one) => (
        <p key={one.version} class="memory-note" role="note" data-testid="memory-waits">
          {one.what === "deleted" ? "A deletion" : "A version"} by <b>{identityName(one.author)}</b>,{" "}
          <time title={absolute(one.ts)}>{ago(one.ts)}</time>, waits for approval: {WHY[one.why]}. No command writes it
          to a disk before that.
        </p>
      ))}
    </>
  );
}

const WHY: Readonly<Record<MemoryWebFile["waiting"][number]["why"], string>> = {
  other: "somebody else wrote it",
  import: "it was brought in",
  elsewhere: "it was derived from what came from elsewhere",
};
