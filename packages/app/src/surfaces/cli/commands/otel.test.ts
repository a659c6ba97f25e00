import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { daemonSocket } from "../../../base/paths.ts";
import { type Control, openControl } from "../../../daemon/control.ts";
import type { DaemonStatus } from "../../../daemon/status.ts";
import { otlpToken } from "../../http/secret.ts";
import { run } from "../testing.ts";

let home: string;
let control: Control | null;
const environment = (): Record<string, string> => ({ CLEW_RUNTIME_DIR: join(home, "run"), CLEW_HOME: home });
const clew = (...words: readonly string[]) => run(words, { home, env: environment() });

/** A control socket that answers as a daemon's does. */
async function startDaemon(more: Partial<DaemonStatus> = {}): Promise<void> {
  const status = { url: "http://127.0.0.1:4242", home, demo: false, ...more } as DaemonStatus;
  control = await openControl(daemonSocket(environment()), { status: () => status, signInUrl: () => "", stop() {} });
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clew-otel-"));
  control = null;
});
afterEach(async () => {
  await control?.close();
  rmSync(home, { recursive: true, force: true });
});

describe("clew otel env", () => {
  test("prints what a shell exports, for Claude Code", async () => {
    await startDaemon();
    const token = otlpToken(home);
    const { code, stdout } = await clew("otel", "env");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "export CLAUDE_CODE_ENABLE_TELEMETRY=1",
        "export CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1",
        "export OTEL_TRACES_EXPORTER=otlp",
        "export OTEL_METRICS_EXPORTER=otlp",
        "export OTEL_LOGS_EXPORTER=otlp",
        "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4242",
        `export OTEL_EXPORTER_OTLP_HEADERS='Authorization=Bearer ${token}'`,
        "",
      ].join("\n"),
    );
    if (process.platform === "win32") return;
    const shell = spawnSync("sh", ["-c", `${stdout}printf %s "$OTEL_EXPORTER_OTLP_HEADERS"`], { encoding: "utf8" });
    expect(shell.stdout).toBe(`Authorization=Bearer ${token}`);
  });

  test("for any program names none of Claude Code's, and encodes the blank", async () => {
    await startDaemon();
    const token = otlpToken(home);
    const { stdout } = await clew("otel", "env", "--for", "any", "--protocol", "http/json", "--json");
    expect(JSON.parse(stdout)).toEqual({
      endpoint: "http://127.0.0.1:4242",
      protocol: "http/json",
      token,
      variables: {
        OTEL_TRACES_EXPORTER: "otlp",
        OTEL_METRICS_EXPORTER: "otlp",
        OTEL_LOGS_EXPORTER: "otlp",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4242",
        OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${token}`,
      },
    });
  });

  test("beside a made-up workspace the token is one's own", async () => {
    await startDaemon({ demo: true, home: join(home, "demo") });
    const token = otlpToken(home);
    expect((await clew("otel", "env")).stdout).toContain(token);
  });

  test("without a daemon says what to do", async () => {
    const { code, stdout, stderr } = await clew("otel", "env");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("clew daemon start");
  });

  test.each([
    [["otel"]],
    [["otel", "evn"]],
    [["otel", "env", "--protocol", "grpc"]],
    [["otel", "env", "--for", "all"]],
  ])("%j is no way to call it", async (words) => expect((await clew(...words)).code).toBe(2));
});
