/** @module Fields of what an agent hands over to be written down: sizes here, the words themselves by the same rules as on the command line (authoring/given-text.ts). */
import { z } from "zod";

/** A text of several lines. */
export const textField = (most: number) => z.string().min(1).max(most);

/** One line. */
export const lineField = (most: number) => z.string().min(1).max(most);

export const linesField = (most = 50) => z.array(lineField(500)).max(most);
