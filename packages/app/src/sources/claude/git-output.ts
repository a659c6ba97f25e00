/** @module Commits and pull requests that a command's output tells of. Looks at few places, so that big output costs nothing. */

/** What `git commit` prints: `[main abc1234] subject`, `[main (root-commit) abc1234] subject`, `[detached HEAD abc1234] subject`. */
const COMMIT = /\[((?:detached HEAD)|[^\s\]]+)(?: \(root-commit\))? ([0-9a-f]{7,40})\] ([^\r\n]{0,300})/y;
const PULL_REQUEST = /^https:\/\/[^\s/]+\/[^\s]+\/(?:pull|merge_requests)\/\d+$/;
const MAX_COMMITS = 200;

export interface Commit {
  readonly hash: string;
  readonly branch: string;
  readonly subject: string;
}

/** Commits in the order in which the output names them. */
export function commitsIn(output: string): readonly Commit[] {
  const commits: Commit[] = [];
  let at = output.startsWith("[") ? 0 : output.indexOf("\n[") + 1;
  while (commits.length < MAX_COMMITS) {
    if (at === 0 && !output.startsWith("[")) break;
    COMMIT.lastIndex = at;
    const match = COMMIT.exec(output);
    if (match) commits.push({ branch: match[1] as string, hash: match[2] as string, subject: match[3] as string });
    at = output.indexOf("\n[", at) + 1;
    if (at === 0) break;
  }
  return commits;
}

/** The pull request's address when the output ends with it, as `gh pr create` and `glab mr create` do. */
export function pullRequestIn(output: string): string | null {
  const end = output.trimEnd();
  const line = end.slice(Math.max(end.lastIndexOf("\n") + 1, end.length - 300));
  return line.startsWith("https://") && PULL_REQUEST.test(line) ? line : null;
}
