/** @module The best title that a file's lines offer: custom over ai over summary over the first prompt. */
import type { TitleFact } from "../../../model/record.ts";

type Title = Pick<TitleFact, "source" | "title">;

const RANK: Readonly<Record<Title["source"], number>> = { custom: 3, ai: 2, summary: 1, prompt: 0 };
/** Position of the type's first letter in `{"type":"custom-title"`. */
const TYPE_AT = 9;
const TITLE_TYPES = ["custom-title", "ai-title", "summary"].map((type) => Buffer.from(`${type}"`));

/** Whether a line that begins with its type is one that gives a title. */
export function isTitleLine(bytes: Buffer, start: number): boolean {
  return TITLE_TYPES.some((type) => {
    for (let i = 0; i < type.length; i++) if (bytes[start + TYPE_AT + i] !== type[i]) return false;
    return true;
  });
}

/** A session that has no prompt in so many user records gets its title from the full read. */
const MOST_TRIES = 12;

export interface TitleScan {
  /** False once a prompt is known: the first one stays. */
  wantsPrompt(): boolean;
  /** A user record is read in search of a prompt. */
  tried(): void;
  see(title: TitleFact): void;
  best(): Title | null;
}

export function openTitleScan(): TitleScan {
  let best: Title | null = null;
  let hasPrompt = false;
  let tries = 0;
  return {
    wantsPrompt: () => !hasPrompt && tries < MOST_TRIES,
    tried: () => {
      tries++;
    },
    see({ source, title }) {
      if (source === "prompt") {
        if (hasPrompt) return;
        hasPrompt = true;
      }
      if (best === null || RANK[source] >= RANK[best.source]) best = { source, title };
    },
    best: () => best,
  };
}
