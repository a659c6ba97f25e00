/** @module The official conformance suite, over HTTP, in every version of the protocol that it knows and the server speaks. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedMcp, startMcpDaemon } from "./daemon.ts";
import { EXCUSES, FIGURES, UNDECIDED, VERSIONS } from "./expected.ts";
import { startFixtureServer } from "./fixture-server.ts";
import { runSuite, withStatus } from "./suite.ts";

const PATIENCE = { timeout: 180_000 };

/** The suite calls tools, prompts and resources by name: with those in place, every scenario has to pass. */
describe("with what the suite asks for by name", () => {
  let served: ServedMcp;
  beforeAll(async () => {
    served = await startFixtureServer();
  }, 60_000);
  afterAll(() => served?.stop());

  test.each(VERSIONS)("%s: every scenario passes", PATIENCE, async (version) => {
    const run = await runSuite(served, version);
    for (const status of ["FAILURE", "WARNING", "SKIPPED"] as const) expect(withStatus(run, status)).toEqual([]);
    const { scenarios, passed } = FIGURES[version];
    // So that it cannot pass by not running.
    expect([run.scenarios.length, withStatus(run, "SUCCESS").length]).toEqual([scenarios, passed]);
  });
});

describe("as the daemon serves it", () => {
  let daemon: ServedMcp;
  beforeAll(async () => {
    daemon = await startMcpDaemon();
  }, 60_000);
  afterAll(() => daemon?.stop());

  test.each(VERSIONS)("%s: only what the suite asks for by name is not there", PATIENCE, async (version) => {
    const run = await runSuite(daemon, version);
    const failed = run.checks.filter(({ status }) => status === "FAILURE");
    expect(withStatus(run, "FAILURE")).toEqual([...EXCUSES[version]].sort());
    // For that reason and no other.
    expect(failed.filter(({ errorMessage = "" }) => !ABSENT.test(errorMessage))).toEqual([]);
    expect([...withStatus(run, "WARNING"), ...withStatus(run, "SKIPPED")]).toEqual(UNDECIDED[version]);
    expect(withStatus(run, "SUCCESS").length).toBe(FIGURES[version].passedByDaemon);
  });
});

const ABSENT =
  /(Tool|Prompt) '?(test_|json_schema_)\w+'? not found|Resource not found: test:|Not testable: server|Expected InputRequiredResult|Prerequisite failed/;
