import { describe, expect, it } from "vitest";
import { commandText, maskWords } from "./mask-words.ts";

const masked = (line: string): string => maskWords(line.split(" ")).join(" ");

describe("maskWords", () => {
  it.each([
    ["deploy --token abc --dry-run", "deploy --token *** --dry-run"],
    ["deploy --token=abc --api-key=def x", "deploy --token=*** --api-key=*** x"],
    ["mysql -u root -pHunter2 db", "mysql -u root -p*** db"],
    ["mysql -u root -p Hunter2 db", "mysql -u root -p *** db"],
    ["curl -u ada:secret https://x", "curl -u ada:*** https://x"],
    ["env GITHUB_TOKEN=abc DB_PASSWORD=x make", "env GITHUB_TOKEN=*** DB_PASSWORD=*** make"],
    ["git clone https://ada:secret@example.org/x.git", "git clone https://ada:***@example.org/x.git"],
    ["x --aws-secret-access-key abc --auth me --pass word", "x --aws-secret-access-key *** --auth *** --pass ***"],
    ["run sk-ant-api03-abcdefghijklmnopqrstuvwxyz", "run ***"],
    ["run ghp_abcdefghijklmnopqrstuvwxyz012345", "run ***"],
    ["run eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "run ***"],
  ])("hides what is a secret: %s", (line, wanted) => {
    expect(masked(line)).toBe(wanted);
  });

  it("hides secrets inside one word", () => {
    expect(maskWords(["curl", "-H", "Authorization: Bearer abc.def"])).toEqual(["curl", "-H", "Authorization: ***"]);
    expect(maskWords(["sh", "-c", "cd x; API_KEY=abc deploy --password 'x y' --to prod"])).toEqual([
      "sh",
      "-c",
      "cd x; API_KEY=*** deploy --password *** --to prod",
    ]);
    expect(maskWords(["x", "-----BEGIN RSA PRIVATE KEY-----\nabc"])).toEqual(["x", "***"]);
  });

  it.each([
    "mkdir -p build/output",
    "docker run -p 8080:80 nginx",
    "ssh -p 2222 host",
    "git log --author ada --oneline",
    "npm test -- --reporter dot",
    "pytest -k lock -x tests/",
    "make -j4 PREFIX=/usr all",
  ])("leaves the rest as it is: %s", (line) => {
    expect(masked(line)).toBe(line);
  });

  it("writes words as a person would type them", () => {
    expect(commandText(["sh", "-c", "echo it's", ""])).toBe("sh -c 'echo it'\\''s' ''");
  });
});
