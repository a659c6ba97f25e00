/** @module The text that Clew itself gave a session: fenced, so that it is never searched nor taken for the user's words. */

/** How the fence begins; attributes may follow. */
export const INJECTED_TAG = "<clew-context";
const END_TAG = "</clew-context>";

export function hasInjected(text: string): boolean {
  return text.includes(INJECTED_TAG);
}

/**
 * The text without what stands in the fence; trimmed when there was any. A fence that is not closed reaches to the end in
 * `output`, which a hook printed and the client cut; anywhere else somebody may just be writing about it.
 */
export function withoutInjected(text: string, output = false): string {
  let start = text.indexOf(INJECTED_TAG);
  if (start === -1) return text;
  let kept = "";
  let from = 0;
  while (start !== -1) {
    const end = text.indexOf(END_TAG, start);
    if (end === -1) break;
    kept += text.slice(from, start);
    from = end + END_TAG.length;
    start = text.indexOf(INJECTED_TAG, from);
  }
  return (kept + text.slice(from, start === -1 || !output ? undefined : start)).trim();
}
