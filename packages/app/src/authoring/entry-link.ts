/** @module What an entry is about, as somebody names it: an event, a file, a commit, an address; with its kind before it, or plainly. */
import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { ClewError } from "../base/error.ts";
import { ForeignWordsError } from "../base/foreign-words-error.ts";
import { isMadeId } from "../base/made-id.ts";
import { type EntryLink, LINK_KINDS } from "../model/entry.ts";
import { findId } from "../query/find-id.ts";
import { shortLine } from "./given-text.ts";
import type { Authoring } from "./open-authoring.ts";

const LONGEST_TARGET = 2000;
const ADDRESS = /^https?:\/\/\S+$/iu;
const COMMIT = /^[0-9a-f]{7,64}$/iu;

/**
 * `directory`: where paths without a kind before them begin; without it none is recognised. Throws `usage` for what is nothing
 * that is known, and for what could be several things.
 */
export function linkFrom(
  authoring: Pick<Authoring, "read" | "place">,
  text: string,
  directory: string | undefined,
): EntryLink {
  const target = shortLine("a link's target", text, LONGEST_TARGET);
  if (/^https?:\/\//iu.test(target)) return checked({ kind: "url", target });
  const [, word, rest = ""] = /^([a-z]+):(.*)$/su.exec(target) ?? [];
  const kind = LINK_KINDS.find((one) => one === word);
  if (kind) return checked({ kind, target: shortLine("a link's target", rest, LONGEST_TARGET) });
  const events = eventsMeant(authoring, target);
  // A whole event id may look like a commit, and is none.
  const isCommit = COMMIT.test(target) && !events.some((event) => event.target === target);
  const meant = [
    ...events,
    ...fileMeant(authoring, target, directory),
    ...(isCommit ? [{ kind: "commit", target: target.toLowerCase() } as const] : []),
  ];
  const [only, other] = meant;
  const kinds = LINK_KINDS.map((one) => `${one}:`).join(", ");
  if (!only)
    throw new ClewError(
      "usage",
      `${target} is no link: no event, file, commit or address that is known here; write one of ${kinds} before it`,
    );
  if (other) throw severalThings(target, meant);
  return only;
}

/** A file's and a commit's names are the given word; of an event's id no more than its beginning may be. */
function severalThings(text: string, meant: readonly EntryLink[]): ClewError {
  const beginning = `${text} could be several things; name one of them:`;
  const lines = meant.map((link) => `  ${linkText(link)}`);
  const shown = lines.filter((_, index) => meant[index]!.kind !== "event" || isMadeId(meant[index]!.target));
  const left = lines.length - shown.length;
  const others = left === 0 ? [] : [`  ${left} whose ids are not shown to an agent`];
  return new ForeignWordsError("usage", [beginning, ...lines].join("\n"), [beginning, ...shown, ...others].join("\n"));
}

/** As it is written with its kind. */
export function linkText({ kind, target }: EntryLink): string {
  return `${kind}:${target}`;
}

/** As it stands in the store. */
export function linkValue({ kind, target }: EntryLink): string {
  return JSON.stringify({ kind, target });
}

function checked(link: EntryLink): EntryLink {
  const { kind, target } = link;
  if (kind === "url" && !ADDRESS.test(target)) throw new ClewError("usage", `${target} is no http or https address`);
  if (kind === "commit" && !COMMIT.test(target))
    throw new ClewError("usage", `${target} is no commit: 7 to 64 hexadecimal digits`);
  return link;
}

/** Other ids are texts of somebody's: they are named with `event:` before them. */
const PLAIN_ID = /^[\w.:@#+/-]{1,200}$/u;

/** Every event that has this id, or whose id begins so. */
function eventsMeant({ read }: Pick<Authoring, "read">, text: string): readonly EntryLink[] {
  const found = read((db) => findId(db, text)) ?? [];
  const ids = found.flatMap(({ kind, event_id }) =>
    (kind === "event" || kind === "log_line") && event_id !== null && PLAIN_ID.test(event_id) ? [event_id] : [],
  );
  return [...new Set(ids)].map((target) => ({ kind: "event", target }));
}

/** One below the workspace is named from its top, wherever the command is run. */
function fileMeant(
  { place }: Pick<Authoring, "place">,
  text: string,
  directory: string | undefined,
): readonly EntryLink[] {
  if (directory === undefined) return [];
  const path = resolve(directory, text);
  if (!existsSync(path)) return [];
  const inside = relative(realPath(place.workspacePath), realPath(path));
  const isInside = inside !== "" && !inside.startsWith("..") && !isAbsolute(inside);
  const target = (isInside ? inside : path).split(sep).join("/");
  return [{ kind: "file", target: shortLine("a link's target", target, LONGEST_TARGET) }];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
