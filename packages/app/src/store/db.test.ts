import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReader, openWriter } from "./db.ts";
import { migrate, readMigrations } from "./migrate.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clew-db-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const path = () => join(directory, "data", "clew.db");

describe("openWriter()", () => {
  it("opens with write-ahead log, full synchronisation, foreign keys and a waiting time", () => {
    const db = openWriter(path());
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.pragma("synchronous", { simple: true })).toBe(2);
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(db.pragma("busy_timeout", { simple: true })).toBe(5000);
    db.close();
  });

  it("makes every file private, whatever the umask", () => {
    const before = process.umask(0);
    try {
      const db = openWriter(path());
      db.exec("INSERT INTO settings (name, value) VALUES ('x', 1)");
      const files = readdirSync(join(directory, "data"));
      expect(files).toContain("clew.db-wal");
      for (const file of files)
        expect([file, statSync(join(directory, "data", file)).mode & 0o777]).toEqual([file, 0o600]);
      expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
      db.close();
    } finally {
      process.umask(before);
    }
  });

  it("refuses a session without an identity, and an event without a session", () => {
    const db = openWriter(path());
    db.exec(
      "INSERT INTO projects (project_id, name) VALUES ('p', 'p'); INSERT INTO workspaces VALUES ('w', '/w', 'w', 'p')",
    );
    const session = (identity: string) =>
      db.exec(
        `INSERT INTO sessions (session_id, root_session_id, workspace_id, identity_id, agent) VALUES ('s', 's', 'w', ${identity}, 'a')`,
      );
    expect(() => session("NULL")).toThrow(/NOT NULL/);
    expect(() => session("'nobody'")).toThrow(/FOREIGN KEY/);
    db.close();
  });

  it("refuses a database of a newer version, untouched", () => {
    const db = openWriter(path());
    db.pragma("user_version = 9999");
    db.close();
    expect(() => openWriter(path())).toThrow(expect.objectContaining({ code: "newer_database" }));
  });

  it("says what to do about a damaged file", () => {
    openWriter(path()).close();
    writeFileSync(path(), "this is no database, but long enough to be looked at as one".repeat(50));
    expect(() => openWriter(path())).toThrow(expect.objectContaining({ code: "corrupt_database" }));
  });
});

describe("openReader()", () => {
  it("can't write", () => {
    openWriter(path()).close();
    const db = openReader(path());
    expect(() => db.exec("DELETE FROM events")).toThrow(/readonly/);
    db.close();
  });

  it("says that there is nothing yet", () => {
    expect(() => openReader(path())).toThrow(expect.objectContaining({ code: "not_found" }));
  });
});

describe("migrate()", () => {
  it("applies what is pending, once, and keeps a copy of what was there before", () => {
    const db = openWriter(path());
    const more = [...readMigrations(), { version: 9000, name: "9000-more.sql", sql: "CREATE TABLE more (x INTEGER)" }];
    migrate(db, path(), more);
    migrate(db, path(), more);
    expect(db.pragma("user_version", { simple: true })).toBe(9000);
    expect(readdirSync(join(directory, "data"))).toContain("clew.db.before-9000");
    db.close();
  });

  it("leaves a database as it was when a migration fails", () => {
    const db = openWriter(path());
    const version = db.pragma("user_version", { simple: true });
    const broken = [
      ...readMigrations(),
      { version: 9000, name: "9000-x.sql", sql: "CREATE TABLE half (x INTEGER); nonsense" },
    ];
    expect(() => migrate(db, path(), broken)).toThrow();
    expect(db.pragma("user_version", { simple: true })).toBe(version);
    expect(db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'half'").get()).toEqual({ n: 0 });
    db.close();
  });
});
