import { expect, test } from "vitest";
import { shortId, shortIds } from "./short-id.ts";

const [one, two, three] = [
  "019a8b7c-1234-7aaa-8111-000000000001",
  "019a8b7c-5678-7aaa-8111-000000000002",
  "019a8b7c-5678-7bbb-8111-000000000003",
] as const;

test.each([
  ["030df228-1b4b-482d-b343-0fc9c13a3d1a", "030df228"],
  [one, "019a8b7c-1234"],
  [`${one}.a1b2`, "019a8b7c-1234.a1b2"],
  ["0af7651916cd43dd8448eb211c80319c", "0af76519"],
  ["demo-session", "demo-session"],
])("%s is %s by itself", (id, short) => {
  expect(shortId(id)).toBe(short);
});

test("in a list two ids that differ never look the same, and each begins the whole id", () => {
  const hashes = ["0af7651916cd43dd8448eb211c80319c", "0af7651926cd43dd8448eb211c80319c"];
  const random = ["030df228-1b4b-482d-b343-0fc9c13a3d1a", "030df228-1b4c-482d-b343-0fc9c13a3d1a"];
  const ids = [one, two, three, ...hashes, ...random];
  const shorten = shortIds([...ids, one, null]);
  const short = ids.map(shorten);
  expect(short).toEqual([
    "019a8b7c-1234",
    "019a8b7c-5678-7aaa",
    "019a8b7c-5678-7bbb",
    "0af765191",
    "0af765192",
    "030df228-1b4b",
    "030df228-1b4c",
  ]);
  for (const [index, id] of ids.entries()) expect(id.startsWith(short[index]!)).toBe(true);
  expect(shorten("not-listed")).toBe("not-listed");
});
