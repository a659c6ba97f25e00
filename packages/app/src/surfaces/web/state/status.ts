/** @module What /api/status answers. */

import type { ArchiveCounts } from "../../http/answers.ts";
import type { IndexProgress } from "../../http/live.ts";

export interface Status extends ArchiveCounts {
  readonly demo: boolean;
  readonly seq: number;
  readonly index: IndexProgress;
}
