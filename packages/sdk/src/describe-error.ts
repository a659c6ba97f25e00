/** @module An error as plain data. Whatever was thrown, reading it throws nothing. */

export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string | number;
  readonly status?: number;
}

const MESSAGE_LIMIT = 4000;
const STACK_LIMIT = 8000;

function field(error: unknown, name: string): unknown {
  try {
    return (error as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined; // A getter that throws.
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "[unprintable]";
  }
}

/** Name, message and stack, cut at 4,000 and 8,000 characters. */
export function describeError(error: unknown): ErrorData {
  const given = field(error, "message");
  const message = (typeof given === "string" ? given : textOf(error)).slice(0, MESSAGE_LIMIT);
  const name = field(error, "name");
  const stack = field(error, "stack");
  const code = field(error, "code");
  const status = field(error, "status");
  return {
    name: typeof name === "string" ? name.slice(0, 200) : typeof error,
    message,
    ...(typeof stack === "string" && { stack: stack.slice(0, STACK_LIMIT) }),
    ...((typeof code === "string" || typeof code === "number") && { code }),
    ...(typeof status === "number" && { status }),
  };
}
