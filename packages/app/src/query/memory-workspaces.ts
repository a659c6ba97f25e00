/** @module Directories that sessions ran in: what a directory of the client's is called after. */
import { type Reader, rowsOf } from "./reader.ts";

export interface KnownWorkspace {
  readonly path: string;
  readonly projectId: string;
  readonly projectName: string;
}

export const WORKSPACES = `
  SELECT w.path, w.project_id AS projectId, p.name AS projectName FROM workspaces w
  CROSS JOIN projects p ON p.project_id = w.project_id WHERE w.path GLOB '[/A-Za-z]*' ORDER BY w.path`;

export function knownWorkspaces(db: Reader): readonly KnownWorkspace[] {
  return rowsOf<KnownWorkspace>(db, WORKSPACES);
}
