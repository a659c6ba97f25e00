import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { CODE_LIFETIME_MS, COOKIE_LIFETIME_MS, createAuth } from "./auth.ts";
import { dashboardSecret } from "./secret.ts";
import { TEST_HOST, testApp } from "./testing.ts";

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});
const temporaryHome = () => {
  const home = mkdtempSync(join(tmpdir(), "clew-secret-"));
  homes.push(home);
  return home;
};

test("a code works once and gives a cookie that scripts cannot read and other sites do not send", async () => {
  const { app, auth, exchange } = testApp();
  const code = auth.issueCode();
  const first = await exchange(code);
  expect(first.status).toBe(204);
  const cookie = first.headers.get("set-cookie")!;
  expect(cookie).toMatch(/^clew_4141=/);
  expect(cookie).toContain("HttpOnly");
  expect(cookie).toContain("SameSite=Strict");
  expect(cookie).toContain("Path=/");
  const use = await app.request("/api/status", { headers: { host: TEST_HOST, cookie: cookie.split(";")[0]! } });
  expect(use.status).toBe(200);
  expect((await exchange(code)).status).toBe(401);
});

test("a code has 256 bits, is never the same, and dies of age", async () => {
  const { auth, exchange, passTime } = testApp();
  const codes = [auth.issueCode(), auth.issueCode()];
  expect(Buffer.from(codes[0]!, "base64url")).toHaveLength(32);
  expect(codes[0]).not.toBe(codes[1]);
  passTime(CODE_LIFETIME_MS);
  expect((await exchange(codes[0])).status).toBe(204);
  passTime(1);
  expect((await exchange(codes[1])).status).toBe(401);
});

test.each([[null], [""], [7], [{ toString: "x" }], ["A".repeat(43)], ["__proto__"]])("%j is no code", async (code) => {
  expect((await testApp().exchange(code)).status).toBe(401);
});

test("the exchange wants our origin, JSON, and a small body", async () => {
  const { app, auth, exchange } = testApp();
  const code = auth.issueCode();
  expect((await exchange(code, { origin: "http://evil.com" })).status).toBe(403);
  expect((await exchange(code, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await exchange(code, { "content-type": "text/plain" })).status).toBe(415);
  expect((await exchange("x".repeat(2_000))).status).toBe(413);
  expect((await app.request("/auth/exchange", { method: "POST", headers: { host: TEST_HOST } })).status).toBe(403);
  expect((await exchange(code)).status).toBe(204);
});

test("a cookie is worth nothing after its time, changed by a character, or under another secret", () => {
  let now = 0;
  const auth = createAuth({ clock: () => now, secret: new Uint8Array(32).fill(1) });
  const other = createAuth({ clock: () => now, secret: new Uint8Array(32).fill(2) });
  const cookie = auth.exchange(auth.issueCode())!;
  expect(auth.accepts(cookie)).toBe(true);
  expect(other.accepts(cookie)).toBe(false);
  for (let at = 0; at < cookie.length; at++) {
    const changed = cookie.slice(0, at) + (cookie[at] === "A" ? "B" : "A") + cookie.slice(at + 1);
    // The last character of base64url carries two bits that mean nothing.
    if (at < cookie.length - 1) expect(auth.accepts(changed), changed).toBe(false);
  }
  now = COOKIE_LIFETIME_MS + 1;
  expect(auth.accepts(cookie)).toBe(false);
});

test("the secret is kept in a file of its owner alone, and made anew when it is not", () => {
  const home = temporaryHome();
  const path = join(home, "dashboard.key");
  const secret = Buffer.from(dashboardSecret(home));
  expect(secret).toHaveLength(32);
  expect(Buffer.from(dashboardSecret(home))).toEqual(secret);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(path, "short");
  expect(Buffer.from(dashboardSecret(home))).toHaveLength(32);
});

test.skipIf(process.platform === "win32")("a link in the secret's place is not followed", () => {
  const home = temporaryHome();
  const target = join(home, "target");
  writeFileSync(target, "x".repeat(32), { mode: 0o600 });
  symlinkSync(target, join(home, "dashboard.key"));
  expect(Buffer.from(dashboardSecret(home)).toString()).not.toBe("x".repeat(32));
  expect(readFileSync(target, "utf8")).toBe("x".repeat(32));
});
