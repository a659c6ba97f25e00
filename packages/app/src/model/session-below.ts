/** @module What the sessions below a session are called: subagents, unless programs' sessions are among them. */

const PROGRAMS: readonly string[] = ["script", "otel", "command"];

/** A program's session, not an agent's. `agent` as in SessionRow. */
export function isProgram(agent: string): boolean {
  return PROGRAMS.includes(agent);
}

/** True: "subagents" would be wrong for some of them. */
export function hasPrograms(below: readonly { readonly agent: string }[]): boolean {
  return below.some(({ agent }) => isProgram(agent));
}
