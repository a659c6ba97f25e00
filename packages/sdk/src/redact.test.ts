/** @module Secrets do not get into files. All of these are made up. */
import { describe, expect, test } from "vitest";
import { createRedactor, REDACTION_RULES } from "./redact.ts";

const redactor = createRedactor();
const filler = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7";
const secrets: readonly (readonly [string, string])[] = [
  ["anthropic-key", `sk-ant-api03-${filler}-${filler}AA`],
  ["openai-key", `sk-proj-${filler}${filler}`],
  ["openai-key", `sk-${filler}${filler}`],
  ["github-token", `ghp_${filler}123456789`],
  ["github-token", `github_pat_${filler}_${filler}`],
  ["gitlab-token", `glpat-${filler.slice(0, 20)}`],
  ["npm-token", `npm_${filler}123456789`],
  ["aws-key-id", "AKIAQ3EGRXTZQVH7N2WD"],
  ["google-key", `AIza${filler}12345678`],
  ["stripe-key", `sk_live_${filler}`],
  ["slack-token", `xoxb-123456789012-${filler}`],
  ["jwt", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${filler}${filler}`],
];

describe("redaction", () => {
  test.each(secrets)("%s", (name, secret) => {
    for (const text of [
      secret,
      `key: ${secret}.`,
      `{"a":"${secret}"}`,
      `x=${secret}&y`,
      `\n${secret}\n`,
      `prefix_${secret}`,
    ]) {
      const out = redactor.text(text);
      expect(out).not.toContain(secret.slice(-12));
      expect(out).toContain("[redacted:");
    }
    expect(redactor.text(`say ${secret} here`)).toBe(`say [redacted:${name}] here`);
  });

  test("private keys, whole or cut off", () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${filler}\n${filler}\n-----END RSA PRIVATE KEY-----`;
    expect(redactor.text(`a ${key} b`)).toBe("a [redacted:private-key] b");
    expect(redactor.text(`a ${key.slice(0, 60)}`)).toBe("a [redacted:private-key]");
  });

  test.each([
    ["password=hunter2222", "password=[redacted:assignment]"],
    ['DB_PASSWORD: "hunter2222"', 'DB_PASSWORD: "[redacted:assignment]"'],
    [String.raw`{\"password\": \"hunter2222\"}`, String.raw`{\"password\": \"[redacted:assignment]\"}`],
    ["API-KEY=abcdef12345;next", "API-KEY=[redacted:assignment];next"],
    ["Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer [redacted:bearer]"],
    ["postgres://user:s3cret@host/db", "postgres://user:[redacted:url-password]@host/db"],
  ])("%s", (text, expected) => expect(redactor.text(text)).toBe(expected));

  test("ordinary text stays as it is", () => {
    for (const text of [
      "The password field is required.",
      "max_tokens: 1024, tokens: 5",
      "task-manager and disk-usage and risk-free",
      "eyJust a word, AKIA too short, ghost_writer",
      "https://example.com:8080/path@2x.png",
      "commit 3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a",
    ])
      expect(redactor.text(text)).toBe(text);
  });

  test("values: in every string, in keys, and whole where the key says so", () => {
    const token = secrets[3]![1];
    expect(
      redactor.value({
        list: [{ text: `use ${token}` }, 5, null, true],
        [token]: 1,
        "x-api-key": "anything at all",
        dbPassword: "hunter2222",
        headers: { Authorization: "Basic dXNlcjpwYXNz", cookie: "a=b" },
        password: { nested: "kept" },
        max_tokens: "7",
      }),
    ).toEqual({
      list: [{ text: "use [redacted:github-token]" }, 5, null, true],
      "[redacted:github-token]": 1,
      "x-api-key": "[redacted:key]",
      dbPassword: "[redacted:key]",
      headers: { Authorization: "[redacted:key]", cookie: "[redacted:key]" },
      password: { nested: "kept" },
      max_tokens: "7",
    });
  });

  test("rules can be added", () => {
    const own = createRedactor([...REDACTION_RULES, { name: "badge", pattern: /\bB-\d{6}\b/g }]);
    expect(own.text("B-123456 sees password=hunter2222")).toBe("[redacted:badge] sees password=[redacted:assignment]");
  });

  test("no text makes a rule slow: every rule is linear in hostile ones", () => {
    const hostile = [
      "sk-",
      "eyJ",
      "password",
      "://a:",
      "-----BEGIN PRIVATE KEY-----",
      "a",
      "AKIA",
      "Bearer ",
      "secret ",
    ];
    for (const piece of hostile) {
      const text = piece.repeat(Math.ceil(300_000 / piece.length));
      expect(redactor.text(text).length).toBeGreaterThan(0);
    }
  });
});
