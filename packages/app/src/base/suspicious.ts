/** @module What in a text may be meant for an agent and not for its reader. A label, never a wall: nothing is held back by it. */
import { neutralText } from "./neutral-text.ts";

const SIGNS: readonly (readonly [RegExp, string])[] = [
  [
    /[\p{Cf}\p{Co}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5|(?![\t\n])\p{Cc}/u,
    "it has characters that are not seen, or that a terminal obeys",
  ],
  [
    /\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules|above|previous|prior)\b|\byou are now\b|\bsystem prompt\b/isu,
    "it speaks to an agent about its instructions",
  ],
  [/!\s{0,20}\[[^\]]{0,200}\]\s{0,20}\(/u, "it has an image that is fetched when it is shown"],
  [/\bhttps?:\/\//iu, "it has addresses"],
  [
    /\bcurl\b[^\n]{0,500}\|\s{0,20}(?:ba)?sh\b|\brm\s+-rf\b|\beval\b|\bbase64\s+-d\b/iu,
    "it has commands that change or fetch things",
  ],
];

/** One sentence for each sign that is there. */
export function warningsOf(texts: readonly string[], tainted: boolean): readonly string[] {
  const text = texts.join("\n");
  const found = SIGNS.filter(([pattern]) => pattern.test(text)).map(([, sentence]) => sentence);
  const withoutAddresses = text.replace(/https?:\/\//giu, "");
  const isMarkup = /[<[]/u.test(text) && /[<]|\[\s{0,20}\/?\s{0,20}(?:INST|SYS)/iu.test(text);
  return [
    ...(tainted ? ["some of it was written after text from elsewhere was read"] : []),
    ...found,
    ...(isMarkup && neutralText(withoutAddresses) !== withoutAddresses
      ? ["it has what looks like a conversation's markup"]
      : []),
  ];
}
