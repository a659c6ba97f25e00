/** @module From a word to the identity, the project or everybody that something goes to. */
import { ClewError } from "../base/error.ts";
import { type Recipient, recipientsOf } from "../query/recipients.ts";
import type { Author } from "./author.ts";
import type { Authoring } from "./open-authoring.ts";

export interface ResolvedRecipient extends Recipient {
  /** It is known here. */
  readonly isKnown: boolean;
}

const LONGEST = 200;

/** Throws `usage` when a word may mean several, or cannot be a name. One that nobody has seen is taken as it stands. */
export function recipientOf(authoring: Authoring, word: string, author: Author): ResolvedRecipient {
  const text = word.trim().replace(/^@/u, "");
  if (text === "me") return { kind: "identity", id: author.identity, isKnown: true };
  const known = authoring.read((db) => recipientsOf(db, text)) ?? [];
  const here = known.length === 0 ? projectHere(authoring, text) : null;
  const found = here === null ? known : [here];
  const [only, other] = found;
  if (only && !other) return { ...only, isKnown: true };
  if (only) {
    const lines = found.map(({ kind, id }) => `  ${kind}:${id ?? ""}`);
    throw new ClewError("usage", `${word} could be several; name one of them:\n${lines.join("\n")}`);
  }
  if (text === "all") return { kind: "all", id: null, isKnown: true };
  const [, kind = "identity", name = ""] = /^(?:(identity|project):)?(.*)$/su.exec(text) ?? [];
  if (name === "" || name.length > LONGEST || /[\s\p{C}]/u.test(name))
    throw new ClewError("usage", `${word} is no name of an identity or a project`);
  return { kind: kind === "project" ? "project" : "identity", id: name, isKnown: false };
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
  const name = word
    .trim()
    .replace(/^@/u, "")
    .replace(/^identity:/u, "");
  const { id, isKnown } = recipientOf(authoring, name === "me" ? name : `identity:${name}`, author);
  return { id: id ?? name, isKnown };
}
