/** @module Where and by whom: what ingest finds out about a working directory before a session is stored. */

export interface Place {
  readonly workspaceId: string;
  readonly workspacePath: string;
  readonly workspaceName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly remote: string | null;
}

/** Looks a working directory up; `slug` is the transcript's directory name, for sessions that never say where they ran. */
export type PlaceResolver = (cwd: string | null, slug: string) => Place;

/** Who acts at a place, and at whose hands. Neither is ever empty. */
export interface Identities {
  readonly identityId: string;
  /** `person:<name or address>` */
  readonly personId: string;
}

/** Names who acts for an agent at a place; `given` is an identity that the session's surroundings named. */
export type IdentityResolver = (agent: string, place: Place, given?: string) => Identities;
