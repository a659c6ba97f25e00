/** @module Every version of a file, newest first: who, when, in which session. One opens as what it changed. */
import { Link } from "wouter-preact";
import type { MemoryWebFile, MemoryWebVersion } from "../../http/answers.ts";
import { absolute, ago, bytes, plural } from "../state/format.ts";
import { memoryHref } from "./memory-url.ts";
import { identityName, WordsMarks } from "./words-marks.tsx";

export interface FileVersionsProps {
  readonly file: MemoryWebFile;
  readonly search: string;
  /** The one that is shown. */
  readonly shown: string;
}

export function FileVersions({ file, search, shown }: FileVersionsProps) {
  return (
    <section class="memory-side-part" aria-label="History">
      <h3>
        History <small>{plural(file.versions.length, "change")}</small>
      </h3>
      <ol class="versions" data-testid="memory-versions">
        {file.versions.map((one, index) => (
          <li key={`${one.version}${one.what}`} data-current={one.current ? "" : undefined}>
            <Version
              one={one}
              isOldest={index === file.versions.length - 1}
              search={search}
              isShown={one.version === shown}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface VersionProps {
  readonly one: MemoryWebVersion;
  readonly isOldest: boolean;
  readonly search: string;
  readonly isShown: boolean;
}

function Version({ one, isOldest, search, isShown }: VersionProps) {
  const href = memoryHref(search, {
    version: one.current ? "" : one.version,
    against: "",
    line: "",
    view: isOldest || one.what !== "content" ? "" : "changes",
  });
  const name = one.what === "content" ? (isOldest ? "first written" : "written") : one.what;
  const about = (
    <>
      <span class="version-what">
        {name}
        {one.current ? <span class="badge good">stands</span> : null}
        {one.conflict ? <span class="badge bad">beside it</span> : null}
        <WordsMarks words={one} />
      </span>
      <span class="version-who">
        {identityName(one.author)} · <time title={absolute(one.ts)}>{ago(one.ts)}</time>
        {one.size === null ? "" : ` · ${bytes(one.size)}`}
      </span>
    </>
  );
  return (
    <>
      {one.what === "content" ? (
        <Link href={href} class="version" aria-current={isShown ? "true" : undefined} data-version={one.version}>
          {about}
        </Link>
      ) : (
        <div class="version">{about}</div>
      )}
      {one.session_id === null ? null : (
        <Link class="version-session" href={`/sessions/${encodeURIComponent(one.session_id)}`} title={one.session_id}>
          session
        </Link>
      )}
    </>
  );
}
