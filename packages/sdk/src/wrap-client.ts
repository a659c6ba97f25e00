/** @module A provider's client with a few methods replaced; everything else is the client's own, private fields included. */

// biome-ignore lint/suspicious/noExplicitAny: a client's methods take anything.
export type AnyMethod = (...args: any[]) => any;

/** By dotted path: makes the method to call instead, of the client's own. */
export type Replacements = Readonly<Record<string, (original: AnyMethod) => AnyMethod>>;

/** Methods that answer another client of the same kind. */
const ANSWERS_CLIENT: ReadonlySet<string> = new Set(["withOptions"]);

function isFixed(target: object, key: PropertyKey): boolean {
  const own = Object.getOwnPropertyDescriptor(target, key);
  return own !== undefined && !own.configurable && own.writable === false;
}

export function wrapClient<Client extends object>(client: Client, replacements: Replacements, prefix = ""): Client {
  const made = new Map<string, { readonly from: unknown; readonly value: unknown }>();

  function replaced(path: string, value: unknown): unknown {
    const replacement = replacements[path];
    if (typeof value === "function") {
      const own = value.bind(client) as AnyMethod;
      if (replacement) return replacement(own);
      if (ANSWERS_CLIENT.has(path)) return (...args: unknown[]) => wrapClient(own(...args) as object, replacements);
      return own;
    }
    const isOnTheWay = Object.keys(replacements).some((key) => key.startsWith(`${path}.`));
    return isOnTheWay && value !== null && typeof value === "object"
      ? wrapClient(value, replacements, `${path}.`)
      : value;
  }

  return new Proxy(client, {
    get(target, key) {
      // The client itself is the receiver: its private fields know no proxy.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof key !== "string" || key === "constructor" || isFixed(target, key)) return value;
      if (value === null || (typeof value !== "function" && typeof value !== "object")) return value;
      const known = made.get(key);
      if (known && known.from === value) return known.value;
      const answer = { from: value, value: replaced(`${prefix}${key}`, value) };
      made.set(key, answer);
      return answer.value;
    },
    set(target, key, value) {
      return Reflect.set(target, key, value, target);
    },
  });
}
