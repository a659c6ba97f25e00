/** @module What an agent hands to a program of ours on its standard input: read whole up to a size, then looked at as one JSON object. */

/** An agent's body at a start is a few hundred bytes; what is larger than this is none. */
export const LARGEST_INPUT = 1024 * 1024;

/** The bytes up to the end of the stream; null when there are more than `most`. A terminal has nothing to say. Never rejects. */
export function readInput(stream: NodeJS.ReadStream, most: number = LARGEST_INPUT): Promise<Buffer | null> {
  if (stream.isTTY) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    const whole = (): void => resolve(Buffer.concat(parts));
    stream.on("data", (part: Buffer) => {
      length += part.length;
      parts.push(part);
      if (length <= most) return;
      resolve(null);
      stream.destroy();
    });
    stream.once("end", whole);
    stream.once("error", whole);
    stream.once("close", whole);
  });
}

/** The one JSON object in some bytes; null for anything else. */
export function objectIn(bytes: Buffer | null): Readonly<Record<string, unknown>> | null {
  if (!bytes) return null;
  try {
    const value = JSON.parse(bytes.toString("utf8")) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
