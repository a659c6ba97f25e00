/** @module A copy of any value as plain JSON data: bounded, without cycles, and unaffected by what its owner does later. */

export interface PlainCopyOptions {
  /** Characters that are kept of a string. */
  readonly maxString?: number;
  /** Levels that are kept. */
  readonly maxDepth?: number;
  /** Values that are kept altogether. */
  readonly maxValues?: number;
}

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

interface Budget {
  readonly maxString: number;
  readonly maxDepth: number;
  values: number;
  readonly above: Set<object>;
}

/** What cannot be said in JSON is named in brackets. Getters and toJSON that throw are named too. Never throws. */
export function plainCopy(value: unknown, options: PlainCopyOptions = {}): unknown {
  const { maxString = 1_000_000, maxDepth = 32, maxValues = 50_000 } = options;
  return copy(value, 0, { maxString, maxDepth, values: maxValues, above: new Set() });
}

function copy(value: unknown, depth: number, budget: Budget): Plain | undefined {
  budget.values--;
  switch (typeof value) {
    case "string":
      return cut(value, budget.maxString);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    case "object":
      return value === null ? null : copyObject(value, depth, budget);
    default:
      return undefined;
  }
}

const CUT = /\.\.\. \[(\d+) characters cut\]$/;

/** Text with a note of how much was cut off; one that was cut before keeps count. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const before = CUT.exec(text.slice(-40));
  const length = before ? text.length - before[0].length : text.length;
  // Not between the two halves of one character.
  const end = /[\uD800-\uDBFF]/.test(text[limit - 1] ?? "") ? limit - 1 : Math.min(limit, length);
  return `${text.slice(0, end)}... [${length - end + Number(before?.[1] ?? 0)} characters cut]`;
}

function copyObject(value: object, depth: number, budget: Budget): Plain {
  if (budget.above.has(value)) return "[circular]";
  if (depth >= budget.maxDepth) return "[too deep]";
  if (budget.values <= 0) return "[too much]";
  budget.above.add(value);
  try {
    return copyContent(value, depth + 1, budget);
  } catch {
    return "[unreadable]";
  } finally {
    budget.above.delete(value);
  }
}

function copyContent(value: object, depth: number, budget: Budget): Plain {
  if (ArrayBuffer.isView(value)) return `[binary, ${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[binary, ${value.byteLength} bytes]`;
  if (value instanceof Error) return { name: value.name, message: cut(value.message, budget.maxString) };
  if (value instanceof Map) return copyEntries([...value].slice(0, 1000), depth, budget);
  if (value instanceof Set) return copyList([...value].slice(0, 1000), depth, budget);
  if (Array.isArray(value)) return copyList(value, depth, budget);
  const toJson = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJson === "function") {
    const said: unknown = toJson.call(value);
    if (said !== value) return copy(said, depth, budget) ?? null;
  }
  return copyEntries(Object.entries(value), depth, budget);
}

function copyList(values: readonly unknown[], depth: number, budget: Budget): Plain {
  const list: Plain[] = [];
  for (const item of values) {
    if (budget.values <= 0) {
      list.push("[too much]");
      break;
    }
    list.push(copy(item, depth, budget) ?? null);
  }
  return list;
}

function copyEntries(entries: readonly (readonly [unknown, unknown])[], depth: number, budget: Budget): Plain {
  const fields = new Map<string, Plain>();
  for (const [key, item] of entries) {
    if (budget.values <= 0) {
      fields.set("...", "[too much]");
      break;
    }
    const said = copy(item, depth, budget);
    if (said !== undefined) fields.set(cut(String(key), 1000), said);
  }
  // By definition of properties, so that a key `__proto__` is a key.
  return Object.fromEntries(fields);
}
