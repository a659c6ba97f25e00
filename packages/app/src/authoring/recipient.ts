/** @module From a word to the identity, the project or everybody that something goes to. */
import { ClewError } from "../base/error.ts";
import { authorHandle } from "../base/fence.ts";
import { ForeignWordsError } from "../base/foreign-words-error.ts";
import { type Recipient, recipientsOf } from "../query/recipients.ts";
import type { Author } from "./author.ts";
import type { Authoring } from "./open-authoring.ts";

export interface ResolvedRecipient extends Recipient {
  /** It is known here. */
  readonly isKnown: boolean;
}

/** A surface that runs as whoever is at the machine knows what the system calls them (place/person.ts). */
export interface MachineNames {
  readonly userNames?: readonly string[];
}

const LONGEST = 200;

/** Throws `usage` when a word may mean several, or cannot be a name. One that nobody has seen is taken as it stands. */
export function recipientOf(
  authoring: Authoring & MachineNames,
  word: string,
  author: Author,
  /** Only identities are meant. */
  kind: "any" | "identity" = "any",
): ResolvedRecipient {
  const bare = word.trim().replace(/^@/u, "");
  const text = kind === "identity" ? bare.replace(/^identity:/u, "") : bare;
  if (text === "") throw new ClewError("usage", "the name is empty: it takes an identity, or a person's address");
  if (text === "me" || text === author.identity) return { kind: "identity", id: author.identity, isKnown: true };
  const person =
    author.person === undefined ? undefined : { identity: author.person, names: authoring.userNames ?? [] };
  const asked = kind === "identity" ? `identity:${text}` : text;
  const known = authoring.read((db) => recipientsOf(db, asked, person)) ?? recipientsOf(null, asked, person);
  const here = known.length === 0 ? projectHere(authoring, asked) : null;
  const found = here === null ? known : [here];
  const [only, other] = found;
  if (only && !other) return { ...only, isKnown: true };
  if (only) throw severalNamed(word, found);
  if (asked === "all") return { kind: "all", id: null, isKnown: true };
  const [, prefix = "identity", name = ""] = /^(?:(identity|project):)?(.*)$/su.exec(asked) ?? [];
  if (name === "" || name.length > LONGEST || /[\s\p{C}]/u.test(name))
    throw new ClewError("usage", `${word} is no name of an identity${kind === "any" ? " or a project" : ""}`);
  return { kind: prefix === "project" ? "project" : "identity", id: name, isKnown: false };
}

function severalNamed(word: string, found: readonly Recipient[]): ForeignWordsError {
  // Where all are of one kind their names tell them apart, and nobody has to type which.
  const isMixed = new Set(found.map(({ kind }) => kind)).size > 1;
  const lineOf = ({ kind, id }: Recipient): string => `  ${isMixed ? `${kind}:` : ""}${id ?? ""}`;
  // A project's id is its address or its directory's name: anybody's words. An identity's stands in each fence's mark.
  const shown = found.filter(({ kind, id }) => kind === "identity" && id !== null && authorHandle(id) === id);
  const left = found.length - shown.length;
  const beginning = `${word} could be several; name one of them:`;
  const hidden = left > 0 ? [`  ${left} whose names are not shown to an agent`] : [];
  return new ForeignWordsError(
    "usage",
    [beginning, ...found.map(lineOf)].join("\n"),
    [beginning, ...shown.map(lineOf), ...hidden].join("\n"),
  );
}

/** The project around is known also where nothing of it is stored yet. */
function projectHere({ place }: Authoring, text: string): Recipient | null {
  const name = text.replace(/^project:/u, "");
  return name === place.projectId || name === place.projectName ? { kind: "project", id: place.projectId } : null;
}

/** An identity that something is assigned to; throws `usage`. */
export function assigneeOf(
  authoring: Authoring,
  word: string,
  author: Author,
): { readonly id: string; readonly isKnown: boolean } {
  const { id, isKnown } = recipientOf(authoring, word, author, "identity");
  return { id: id ?? word, isKnown };
}
