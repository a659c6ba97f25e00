import fc from "fast-check";
import { parse } from "jsonc-parser";
import { expect, test } from "vitest";
import { RECORDED_HOOK_EVENTS } from "./hook-events.ts";
import { planSetup } from "./plan-setup.ts";
import { planRemoval } from "./plan-unsetup.ts";

const places = {
  platform: "linux" as const,
  home: "/home/ada/clew",
  hooks: "/home/ada/clew/hooks",
  node: "/usr/bin/node",
  observeEntry: "/opt/clew/observe.js",
  sessionStartEntry: "/opt/clew/session-start.js",
  bin: "/opt/clew/dist/app/bin.js",
};
const wanted = { places, statusLine: "/usr/bin/node /opt/clew/dist/app/statusline.cjs /home/ada/clew" };

const handler = fc.record({
  type: fc.constant("command"),
  command: fc.constantFrom("say", "/bin/hooks/observe.sh", "x y"),
});
const group = fc.record(
  { matcher: fc.string(), hooks: fc.array(handler, { maxLength: 3 }) },
  { requiredKeys: ["hooks"] },
);
const hooks = fc.dictionary(fc.constantFrom(...RECORDED_HOOK_EVENTS, "OnMoonrise"), fc.array(group, { maxLength: 3 }), {
  maxKeys: 6,
  noNullPrototype: true,
});
const settings = fc
  .tuple(
    fc.dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      fc.jsonValue({ maxDepth: 3 }),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
    fc.option(hooks, { nil: undefined }),
    fc.integer({ min: 0, max: 6 }),
  )
  .map(([others, hooksValue, position]) => {
    const entries = Object.entries(others).filter(([name]) => name !== "hooks" && name !== "statusLine");
    if (hooksValue) entries.splice(position, 0, ["hooks", hooksValue]);
    return Object.fromEntries(entries);
  });

interface Format {
  readonly indent: string;
  readonly newline: string;
  readonly mark: string;
  readonly end: string;
  readonly comma: boolean;
  readonly comments: boolean;
  readonly density: number;
}
const format: fc.Arbitrary<Format> = fc.record({
  indent: fc.constantFrom("", " ", "  ", "    ", "\t"),
  newline: fc.constantFrom("\n", "\r\n", ""),
  mark: fc.constantFrom("", "\ufeff"),
  end: fc.constantFrom("", "\n", "\n\n", "\r\n// end"),
  comma: fc.boolean(),
  comments: fc.boolean(),
  density: fc.integer({ min: 0, max: 3 }),
});

/** JSON in every manner: below `density` levels everything stands on one line. */
function render(value: unknown, style: Format, depth = 0): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isLines = style.newline !== "" && depth < style.density;
  const entries = Array.isArray(value)
    ? value.map((one) => render(one, style, depth + 1))
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${render(one, style, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return style.comments ? `${open} /* ${close} */ ${close}` : open + close;
  const lead = isLines ? style.newline + style.indent.repeat(depth + 1) : " ";
  const body = entries.map((entry, index) => {
    const comma = index < entries.length - 1 || style.comma ? "," : "";
    if (!style.comments) return lead + entry + comma;
    return isLines ? `${lead}// ", { [${lead}${entry}${comma} // }` : `${lead}/* , */${entry}/* ] */${comma}`;
  });
  return open + body.join("") + (isLines ? style.newline + style.indent.repeat(depth) : "") + close;
}

const data = (bytes: Buffer): unknown =>
  parse(bytes.toString("utf8").replace(/^\ufeff/u, ""), [], { allowTrailingComma: true });
const removalOptions = { hooks: places.hooks, existed: true, path: "settings.json" };

const cases = fc.tuple(settings, format).map(([value, style]) => ({
  value,
  bytes: Buffer.from(style.mark + render(value, style) + style.end, "utf8"),
}));

test("setup keeps every byte and value, is the same twice, and goes without a trace", () => {
  fc.assert(
    fc.property(cases, ({ value, bytes }) => {
      const plan = planSetup(bytes, wanted, "settings.json");
      const after = data(plan.after) as Record<string, unknown>;
      const { hooks: hooksAfter, statusLine, ...rest } = after;
      const { hooks: hooksBefore, ...restBefore } = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
      expect(rest).toEqual(restBefore);
      expect(statusLine).toEqual({ type: "command", command: wanted.statusLine });
      expect(Object.keys(hooksAfter as object)).toEqual(expect.arrayContaining([...RECORDED_HOOK_EVENTS]));

      const [old, now] = [bytes.toString("utf8"), plan.after.toString("utf8")];
      let at = 0;
      for (const character of old) {
        at = now.indexOf(character, at);
        if (at < 0) throw new Error(`lost ${JSON.stringify(character)}`);
        at += character.length;
      }

      const again = planSetup(plan.after, wanted, "settings.json");
      expect(again.after.equals(plan.after)).toBe(true);
      expect(again.events).toEqual([]);

      const removed = planRemoval(plan.after, { ...removalOptions, added: plan.added });
      expect(data(removed.after!)).toEqual({ ...restBefore, ...(hooksBefore !== undefined && { hooks: hooksBefore }) });
      expect(removed.after!.toString("utf8")).not.toContain("/home/ada");
    }),
    { numRuns: 200 },
  );
});

test("removal of what is not there changes nothing", () => {
  fc.assert(
    fc.property(cases, ({ bytes }) => {
      const { after, events } = planRemoval(bytes, { ...removalOptions, added: null });
      expect(after?.equals(bytes)).toBe(true);
      expect(events).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
