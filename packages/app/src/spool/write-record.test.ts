/** @module A record in the spool is whole, private, and the same when it is read again. */
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClewError } from "../base/error.ts";
import { decodeSpoolRecord, type SpoolField } from "../base/spool-record.ts";
import { listSpool, readSpoolFile, writeSpoolRecord } from "./spool-directory.ts";
import { hookRecord, newSpool } from "./testing.ts";

/** The ClewError that a call throws. */
function errorOf(call: () => void): ClewError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ClewError);
    return error as ClewError;
  }
  throw new Error("it did not throw");
}

describe("writeSpoolRecord", () => {
  test("what is written is read again, whatever it is", () => {
    const spool = newSpool();
    const value = fc.string({ unit: "binary", maxLength: 60 }).filter((text) => text !== "" && !/[\n\0]/.test(text));
    const fields = fc.dictionary(fc.constantFrom<SpoolField>("pid", "session", "project", "identity"), value);
    const kind = fc.constantFrom("hook" as const, "event" as const);
    const expected = new Map<string, unknown>();
    fc.assert(
      fc.property(kind, fields, fc.uint8Array({ maxLength: 5000 }), fc.boolean(), (kind, fields, bytes, durable) => {
        const before = new Set(listSpool(spool).names);
        writeSpoolRecord(spool, { kind, fields, body: Buffer.from(bytes) }, { durable });
        const [name, ...others] = listSpool(spool).names.filter((one) => !before.has(one));
        expect(others).toEqual([]);
        const record = decodeSpoolRecord(readSpoolFile(spool, name!)!.bytes);
        expect(record).toEqual({ kind, fields: { ...fields }, body: Buffer.from(bytes) });
        expected.set(name!, record);
      }),
      { numRuns: 60 },
    );
    expect(listSpool(spool).problems).toEqual([]);
    expect([...listSpool(spool).names].sort()).toEqual([...expected.keys()].sort());
    expect(readdirSync(spool).length).toBe(expected.size);
  });

  test("directory 0700 and file 0600, under any umask and over any mode that was there", () => {
    for (const mask of [0o000, 0o022, 0o777]) {
      const spool = newSpool();
      mkdirSync(dirname(spool));
      const before = process.umask(mask);
      try {
        writeSpoolRecord(spool, hookRecord("{}"));
        chmodSync(spool, 0o777);
        writeSpoolRecord(spool, hookRecord("{}"), { durable: true });
      } finally {
        process.umask(before);
      }
      expect(statSync(spool).mode & 0o777).toBe(0o700);
      const modes = readdirSync(spool).map((name) => statSync(join(spool, name)).mode & 0o777);
      expect(modes).toEqual([0o600, 0o600]);
    }
  });

  test("a spool that is something else is not written to", () => {
    const spool = newSpool();
    mkdirSync(dirname(spool));
    symlinkSync(dirname(spool), spool);
    expect(errorOf(() => writeSpoolRecord(spool, hookRecord("{}")))).toMatchObject({ code: "io" });
    expect(errorOf(() => writeSpoolRecord(spool, hookRecord("{}"))).message).toContain("is a symbolic link");
    const file = newSpool();
    mkdirSync(dirname(file));
    writeFileSync(file, "mine");
    expect(errorOf(() => writeSpoolRecord(file, hookRecord("{}"))).message).toContain("is not a directory");
    expect(readdirSync(dirname(spool))).toEqual(["spool"]);
  });

  test("a spool of another user is not written to", () => {
    if (process.geteuid?.() !== 0) return console.warn("not root: a directory of another user is not tried");
    const spool = newSpool();
    mkdirSync(spool, { recursive: true });
    chownSync(spool, 65534, 65534);
    const error = errorOf(() => writeSpoolRecord(spool, hookRecord("{}")));
    expect(error.code).toBe("permission");
    expect(error.message).toContain("another user (uid 65534)");
    expect(readdirSync(spool)).toEqual([]);
  });

  test("a failure leaves nothing behind", () => {
    const spool = newSpool();
    writeSpoolRecord(spool, hookRecord("{}"), { name: "first" });
    mkdirSync(join(spool, "taken", "inside"), { recursive: true });
    expect(errorOf(() => writeSpoolRecord(spool, hookRecord("{}"), { name: "taken" })).code).toBe("io");
    expect(readdirSync(spool).sort()).toEqual(["first", "taken"]);
  });
});
