import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Place } from "../model/place.ts";
import { createIdentityResolver, type IdentityResolver, matches, sanitisedIdentity, writerGiven } from "./identity.ts";

const place: Place = {
  workspaceId: "0123456789abcdef",
  workspacePath: "/home/ada/code/web",
  workspaceName: "web",
  projectId: "github.com/acme/web",
  projectName: "web",
  remote: "github.com/acme/web",
};
let home: string;
let rulesPath: string;
let problems: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-identity-"));
  rulesPath = join(home, "identities.yaml");
  problems = [];
});

const resolver = (env: Readonly<Record<string, string>> = {}): IdentityResolver =>
  createIdentityResolver({ env, rulesPath, userHome: home, onProblem: (message) => problems.push(message) });

describe("an identity", () => {
  it("is the agent in its project, unless something else is said", () => {
    expect(resolver()("claude-code", place).identityId).toBe("claude-code@web");
    writeFileSync(rulesPath, "identities:\n  - match: { project: web }\n    identity: web-agent\n");
    expect(resolver()("claude-code", place).identityId).toBe("web-agent");
    expect(
      resolver()("claude-code", { ...place, workspaceId: "x", projectName: "api", projectId: "api" }).identityId,
    ).toBe("claude-code@api");
    expect(resolver({ CLEW_IDENTITY: "ada-bot" })("claude-code", place).identityId).toBe("ada-bot");
    expect(resolver({ CLEW_IDENTITY: "ada-bot" })("claude-code", place, "given@x").identityId).toBe("given@x");
    expect(problems).toEqual([]);
  });

  it("is no text that could mean something else", () => {
    for (const text of ["", " ", "a b", "a\nb", "<b>", "ä", "a".repeat(65), "\u001b[1m", null, 7, ["a"]])
      expect(sanitisedIdentity(text)).toBeNull();
    expect(sanitisedIdentity(" a.B_c+1@web-2 ")).toBe("a.B_c+1@web-2");
    expect(resolver({ CLEW_IDENTITY: "no good" })("script", place, "also bad!").identityId).toBe("script@web");
  });

  it("of whoever writes may be a person's, and is refused where it is none", () => {
    const given = (text: string) => writerGiven({ CLEW_IDENTITY: text });
    expect([writerGiven({}), given(" "), given("bo"), given(" a@web ")]).toEqual([null, null, "bo", "a@web"]);
    expect([given("person:Bo@X.org"), given("Person:jürgen")]).toEqual(["person:bo@x.org", "person:jürgen"]);
    for (const text of ["bad id", "person:", "person:a b", "person:a\u202eb", "identity:bo", "<b>", "a".repeat(65)])
      expect(() => given(text)).toThrow(/^CLEW_IDENTITY is no identity: "/);
    // An agent is none.
    expect(resolver({ CLEW_IDENTITY: "person:bo@x.org" })("script", place).identityId).toBe("script@web");
  });

  it("follows the first rule whose every part fits", () => {
    writeFileSync(
      rulesPath,
      `identities:
  - match: { path: "/home/ada/*", agent: codex }
    identity: codex-ada
  - match: { path: /ada/, agent: "claude-*" }
    identity: ada
  - match: { workspace: 0123456789abcdef }
    identity: too-late
`,
    );
    expect(resolver()("claude-code", place).identityId).toBe("ada");
    expect(resolver()("codex", place).identityId).toBe("codex-ada");
    expect(resolver()("script", place).identityId).toBe("too-late");
  });

  it("reports every part of the rules that is not understood, and goes on without it", () => {
    writeFileSync(
      rulesPath,
      `identities:
  - nonsense
  - match: { project: web }
  - match: { project: web }
    identity: "not a name"
  - match: { projekt: web }
    identity: a
  - match: { project: [1] }
    identity: a
  - match: {}
    identity: a
  - match: { project: web }
    identity: last
`,
    );
    expect(resolver()("claude-code", place).identityId).toBe("last");
    expect(problems).toHaveLength(6);
    expect(problems[3]).toBe(
      `${rulesPath}: rule 4 has no effect: \`projekt\` is none of project, path, agent, workspace`,
    );
    for (const text of [
      "identities: {a: [",
      "- a",
      "identities: x",
      "a: &a [*a]",
      "identities:\n- match: *x\n",
      "\0",
    ]) {
      problems = [];
      writeFileSync(rulesPath, text);
      expect(resolver()("claude-code", place).identityId).toBe("claude-code@web");
      expect([text, problems.length]).toEqual([text, 1]);
    }
    mkdirSync(join(home, "folder"));
    rulesPath = join(home, "folder");
    expect(resolver()("claude-code", place).identityId).toBe("claude-code@web");
    fc.assert(
      fc.property(fc.string(), (text) => {
        writeFileSync(join(home, "any.yaml"), text);
        rulesPath = join(home, "any.yaml");
        return resolver()("claude-code", place).identityId === "claude-code@web";
      }),
    );
  });

  it("is looked up once", () => {
    const identify = resolver();
    const first = identify("claude-code", place);
    writeFileSync(rulesPath, "identities:\n  - match: { project: web }\n    identity: web-agent\n");
    expect(identify("claude-code", place)).toBe(first);
  });
});

describe("matches", () => {
  it("is a part without a star and the whole with one", () => {
    expect(["we", "WEB", "*", "w*", "*b", "w*b", "w**b", "*e*"].filter((pattern) => !matches(pattern, "web"))).toEqual(
      [],
    );
    expect(["x", "w*x", "x*", "web*web", "*x*", "b*w", "we*eb"].filter((pattern) => matches(pattern, "web"))).toEqual(
      [],
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "*"), { maxLength: 8 }),
        fc.array(fc.constantFrom("a", "b")),
        (p, t) => {
          const [pattern, text] = [p.join(""), t.join("")];
          const wanted = pattern.includes("*")
            ? new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text)
            : text.includes(pattern);
          expect(matches(pattern, text)).toBe(wanted);
        },
      ),
    );
  });
});
