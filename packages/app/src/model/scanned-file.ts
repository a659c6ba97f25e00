/** @module What the quick usage scan says of one file, before the full read. */
import type { ResponseFact, TitleFact } from "./record.ts";
import type { SourceFile } from "./source-file.ts";

export interface ScannedFile {
  readonly file: SourceFile;
  /** Complete lines covered, in bytes. */
  readonly bytes: number;
  /** Timestamp of the first dated line in file order, milliseconds UTC. */
  readonly writtenAt: number | null;
  readonly firstTs: number | null;
  readonly lastTs: number | null;
  readonly cwd: string | null;
  readonly clientVersion: string | null;
  readonly gitBranch: string | null;
  /** Best title found. */
  readonly title: Pick<TitleFact, "source" | "title"> | null;
  /** One per response of this file. */
  readonly responses: readonly ResponseFact[];
}
