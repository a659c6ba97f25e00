import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { passOn } from "./watch.ts";

const never = new Promise<void>(() => {});

test("every byte goes on as it came, at the pace of whoever reads it", async () => {
  const chunks = Array.from({ length: 50 }, (_, index) => Buffer.from([index, 0xff, 10, 0]));
  const got: Buffer[] = [];
  let waiting = 0;
  let most = 0;
  const slow = new Writable({
    highWaterMark: 8,
    write(chunk: Buffer, _, done) {
      most = Math.max(most, ++waiting);
      setImmediate(() => {
        got.push(chunk);
        waiting--;
        done();
      });
    },
  });
  const from = new PassThrough();
  const seen: Buffer[] = [];
  const done = passOn(from, slow, (chunk) => seen.push(chunk), never);
  for (const chunk of chunks) from.write(chunk);
  from.end();
  await done;
  await expect.poll(() => Buffer.concat(got).length).toBe(200);
  expect(Buffer.concat(got)).toEqual(Buffer.concat(chunks));
  expect(Buffer.concat(seen)).toEqual(Buffer.concat(chunks));
  expect(most).toBe(1);
});

test("an input that fails is no silence", async () => {
  const from = new PassThrough();
  const done = passOn(from, new PassThrough(), () => {}, never);
  from.destroy(new Error("gone"));
  await expect(done).rejects.toThrow("gone");
});
