/** @module What a source of agent sessions is, and the list of those that Clew has: each entry uses nothing but this interface. */
import type { ParsedRecord } from "../model/record.ts";
import type { SourceFile } from "../model/source-file.ts";
import { claudeSource } from "./claude/source.ts";

/** What a directory holds. */
export interface Discovery {
  readonly files: readonly SourceFile[];
  /** Sentences about directories and files that could not be read. */
  readonly problems: readonly string[];
}

export interface DiscoverOptions {
  /** Main session of a file that names it only inside; by default its head is read. Who looks again and again caches it. */
  readonly rootOf?: (path: string) => string | null;
}

/** Everything besides the bytes that a parse may depend on: the same context gives the same record, at any time. */
export interface ParseContext {
  readonly file: SourceFile;
  /** Where the bytes start in their file. */
  readonly offset: number;
  /** When they were read, milliseconds UTC; decides which times are of the future. */
  readonly now: number;
}

/** Turns one agent's own files into records. Discovery only lists; parsing is pure and never throws, whatever the bytes are. */
export interface Source {
  /** As SourceFile.agent and events.source have it. */
  readonly agent: SourceFile["agent"];
  /** Lists what the given paths hold for this agent: its directories, or files and directories below them. */
  discover(paths: readonly string[], options?: DiscoverOptions): Discovery;
  /** One line that is not blank, without its newline. */
  parseLine(bytes: Buffer, context: ParseContext): ParsedRecord;
  /** A file of kind "meta" or "tool-output" as a whole. */
  parseWhole(bytes: Buffer, context: ParseContext): ParsedRecord;
}

const SOURCES: readonly Source[] = [claudeSource];

/** The source with that name; an event of a source that is gone is read as Claude Code's, whose parser keeps everything. */
export function sourceFor(agent: string): Source {
  return SOURCES.find((source) => source.agent === agent) ?? claudeSource;
}

/** What all sources find. */
export function discoverAll(paths: readonly string[], options?: DiscoverOptions): Discovery {
  const found = SOURCES.map((source) => source.discover(paths, options));
  return { files: found.flatMap(({ files }) => files), problems: found.flatMap(({ problems }) => problems) };
}
