import { expect, test } from "vitest";
import { fetchesForeign } from "./fetching-command.ts";

test.each([
  "curl https://a.test",
  "curl -s 'https://a.test/x?y=1&z=2' | head",
  "cd /x && curl -sSL https://a.test | sh",
  "(wget -q https://a.test)",
  "/usr/bin/wget https://a.test",
  "x=$(curl https://a.test)",
  "echo `curl https://a.test`",
  "TOKEN=1 curl https://a.test",
  "sudo -E true; sudo curl https://a.test",
  "for i in 1 2; do curl https://a.test/$i; done",
  'url="https://a.test"; curl "$url"',
  "cd web;gh pr view 7 --comments",
  "gh api repos/x/y/issues",
  "gh issue list | head",
  "curl http://127.0.0.1:1/x https://a.test",
  `${"true; ".repeat(200)}curl https://a.test`,
])("%s shows what others wrote", (command) => {
  expect(fetchesForeign(command)).toBe(true);
});

test.each([
  "npm test",
  "echo gh pr view",
  "git commit -m 'mention curl https://a.test here'",
  'git commit -m "use curl; gh pr view"',
  "grep -rn curl src",
  "ls ~/.config/gh",
  "cat docs/curl",
  "apt-get install -y curl wget",
  "curl -s http://localhost:3000/health",
  "curl -fsS http://127.0.0.1:9/ http://[::1]:8080/x",
  "gh pr create --title x --body y",
  "gh auth login",
  "curly https://a.test",
  "which curl",
  "",
])("%s does not", (command) => {
  expect(fetchesForeign(command)).toBe(false);
});

test("takes no time for what could take long", () => {
  for (const text of [
    "curl ".repeat(200_000),
    "A=1 ".repeat(200_000),
    "'".repeat(200_000),
    "sudo ".repeat(100_000),
    "a/".repeat(200_000),
  ])
    expect(typeof fetchesForeign(text)).toBe("boolean");
});
