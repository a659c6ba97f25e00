/** @module An identity as a mark and a name: people are round, agents are square. */
import { plainName, shortName } from "./people.ts";

export interface WhoProps {
  readonly identity: string;
  /** Only the mark; the name is its title. */
  readonly markOnly?: boolean;
  /** The whole address, not only its first part. */
  readonly whole?: boolean;
}

export function Who({ identity, markOnly = false, whole = false }: WhoProps) {
  const isPerson = identity.startsWith("person:") || (identity.includes("@") && identity.includes("."));
  const letters = [...shortName(identity).replace(/[^\p{L}\p{N}]/gu, "")].slice(0, 2).join("");
  return (
    <span class="who" title={plainName(identity)}>
      <i class="who-mark" data-hue={hueOf(identity)} data-kind={isPerson ? "person" : "agent"} aria-hidden="true">
        {letters || "?"}
      </i>
      {markOnly ? (
        <span class="hidden">{plainName(identity)}</span>
      ) : (
        <b>{whole ? plainName(identity) : shortName(identity)}</b>
      )}
    </span>
  );
}

/** The same for the same name. */
function hueOf(identity: string): number {
  let sum = 7;
  for (const letter of identity) sum = (sum * 31 + letter.codePointAt(0)!) % 9_973;
  return sum % 7;
}
