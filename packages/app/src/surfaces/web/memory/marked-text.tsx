/** @module A text in which the words of a search are marked. */
import { partsOf } from "./hits.ts";

export function MarkedText({ text, wanted }: { readonly text: string; readonly wanted: readonly string[] }) {
  return (
    <>{partsOf(text, wanted).map((part, index) => (part.isHit ? <mark key={index}>{part.text}</mark> : part.text))}</>
  );
}
