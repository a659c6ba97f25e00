/** @module Which workspaces share a project's state: working copies of one repository, never two directories that merely share a name. */
import { sep } from "node:path";
import type { Place } from "../model/place.ts";

export interface WorkspaceKey {
  readonly workspace_id: string;
  readonly workspace_path: string;
}

/**
 * Whether a workspace belongs to a place's project. A git remote says so by itself. Without one a project is known only by
 * its directory's name, so the workspace must be the same directory or lie inside or around it, as worktrees do.
 */
export function belongsTo(place: Place, workspace: WorkspaceKey): boolean {
  if (workspace.workspace_id === place.workspaceId || place.remote !== null) return true;
  return (
    isWithin(workspace.workspace_path, place.workspacePath) || isWithin(place.workspacePath, workspace.workspace_path)
  );
}

function isWithin(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
