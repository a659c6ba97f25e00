import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceParent } from "../base/trace-context.ts";
import { CHILD_VARIABLES, childEnvironment, exportLine } from "./child-environment.ts";
import { writeEnvFile } from "./env-file.ts";
import { temporaryDirectory } from "./testing.ts";

const child = {
  sessionId: "c",
  parentSessionId: "p",
  workspaceId: "0123456789abcdef",
  traceSeed: "root",
  clientSessionId: "client",
};

describe("childEnvironment", () => {
  it("names the session, its parent, its workspace and a trace", () => {
    const variables = childEnvironment(child);
    expect(variables).toMatchObject({
      CLEW_SESSION_ID: "c",
      CLEW_PARENT_SESSION_ID: "p",
      CLEW_CLIENT_SESSION_ID: "client",
      CLEW_WORKSPACE: "0123456789abcdef",
      CLEW_CORRELATION_ID: "0123456789abcdef:c",
    });
    expect(Object.keys(variables)).toEqual(CHILD_VARIABLES);
    expect(childEnvironment({ ...child, parentSessionId: null })).not.toHaveProperty("CLEW_PARENT_SESSION_ID");
    // No client is said, so that one which comes later is known to be inside; what is not known is not said.
    expect(childEnvironment({ ...child, clientSessionId: null })).toMatchObject({ CLEW_CLIENT_SESSION_ID: "" });
    const { clientSessionId: _, ...unknown } = child;
    expect(childEnvironment(unknown)).not.toHaveProperty("CLEW_CLIENT_SESSION_ID");
  });

  it("shares the trace of the root, with a span for each session, as W3C writes it", () => {
    // SHA-256 of "root" begins so.
    expect(traceParent("c", "root")).toMatch(/^00-4813494d137e1631bba301d5acab6e7b-[0-9a-f]{16}-01$/);
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const [a, b] = [traceParent(one, "root"), traceParent(other, "root")];
        expect(a).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
        expect(a.slice(0, 35)).toBe(b.slice(0, 35));
        if (one !== other) expect(a).not.toBe(b);
      }),
    );
  });
});

describe("exportLine", () => {
  it("survives a shell, whatever the value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const value = text.replaceAll("\0", "").toWellFormed();
        const printed = execFileSync("sh", ["-c", `${exportLine("X", value)}\nprintf %s "$X"`], { encoding: "utf8" });
        expect(printed).toBe(value);
      }),
      { numRuns: 40, examples: [["$(touch evil)'; echo `id` \\ \" \n #"]] },
    );
    for (const [name, value] of [
      ["a b", "x"],
      ["1A", "x"],
      ["A;B", "x"],
      ["A", "x\0y"],
    ] as const)
      expect(exportLine(name, value)).toBeNull();
  });
});

describe("writeEnvFile", () => {
  const fresh = (): string => join(temporaryDirectory("env"), "session.sh");

  it("adds lines once, at the end, to what is there", () => {
    const path = fresh();
    expect(writeEnvFile(path, { A: "1", B: "it's" })).toEqual({ written: true, problem: null });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(writeEnvFile(path, { A: "1", B: "it's" })).toEqual({ written: false, problem: null });
    expect(readFileSync(path, "utf8")).toBe("export A='1'\nexport B='it'\\''s'\n");
    writeFileSync(path, "export PATH=/x");
    writeEnvFile(path, { A: "1" });
    writeEnvFile(path, { A: "2" });
    // What another wrote over it in between is written over again.
    writeEnvFile(path, { A: "1" });
    expect(readFileSync(path, "utf8")).toBe("export PATH=/x\nexport A='1'\nexport A='2'\nexport A='1'\n");
  });

  it("writes nowhere else, and says why", () => {
    const directory = temporaryDirectory("env");
    const target = join(directory, "target");
    writeFileSync(target, "precious\n");
    symlinkSync(target, join(directory, "link"));
    symlinkSync(join(directory, "nothing"), join(directory, "dangling"));
    linkSync(target, join(directory, "hard"));
    mkdirSync(join(directory, "directory"));
    execFileSync("mkfifo", [join(directory, "fifo")]);
    writeFileSync(join(directory, "large"), Buffer.alloc(1024 * 1024 + 1));
    for (const name of ["link", "dangling", "hard", "directory", "fifo", "large", "no/such"]) {
      const { written, problem } = writeEnvFile(join(directory, name), { A: "1" });
      expect([name, written, typeof problem]).toEqual([name, false, "string"]);
    }
    expect(writeEnvFile("", { A: "1" }).problem).toBeTypeOf("string");
    expect(writeEnvFile("a\0b", { A: "1" }).problem).toBeTypeOf("string");
    expect(readFileSync(target, "utf8")).toBe("precious\n");
  });
});
