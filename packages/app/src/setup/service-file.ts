/** @module The text of the service that keeps the daemon running: a systemd user unit, or a launchd agent. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { clewPaths, type Environment } from "../base/paths.ts";

export interface ServiceFile {
  readonly kind: "systemd" | "launchd";
  /** Where it belongs. */
  readonly path: string;
  readonly content: string;
  /** What tells the system's manager, each a program and its arguments, in order. */
  readonly start: readonly (readonly string[])[];
  readonly stop: readonly (readonly string[])[];
  /** After another text than before, in addition to `start`. */
  readonly restart: readonly (readonly string[])[];
}

export interface ServiceOptions {
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  readonly node: string;
  /** Bundled entry of the command line. */
  readonly bin: string;
  /** Of the user, for launchd's name of a session. */
  readonly uid: number;
}

export const SYSTEMD_UNIT = "clew.service";
export const LAUNCHD_LABEL = "dev.clew.daemon";

/** Variables that decide where the daemon reads and writes; a service starts without the shell's. */
const PASSED_ON = ["CLEW_RUNTIME_DIR", "CLAUDE_CONFIG_DIR"] as const;

/** The service's file for this system; null where there is no kind of it. */
export function serviceFile(options: ServiceOptions): ServiceFile | null {
  if (options.platform === "linux") return systemdUnit(options);
  return options.platform === "darwin" ? launchdAgent(options) : null;
}

function systemdUnit({ env, node, bin }: ServiceOptions): ServiceFile {
  const xdg = env.XDG_CONFIG_HOME;
  const base = xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homedir(), ".config");
  const path = join(base, "systemd", "user", SYSTEMD_UNIT);
  const variables = serviceEnvironment(env).map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}`);
  const content = `[Unit]
Description=Clew: keeps the record of this user's agent sessions current
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=simple
ExecStart=${[node, bin, "daemon", "run"].map(systemdCommandWord).join(" ")}
${variables.join("\n")}
Restart=on-failure
RestartSec=5
# 2: it was called wrongly; 3: another process writes already. Trying again helps neither.
RestartPreventExitStatus=2 3
Nice=10
IOSchedulingPriority=7
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target
`;
  return {
    kind: "systemd",
    path,
    content,
    start: [
      ["systemctl", "--user", "daemon-reload"],
      ["systemctl", "--user", "enable", "--now", SYSTEMD_UNIT],
    ],
    stop: [["systemctl", "--user", "disable", "--now", SYSTEMD_UNIT]],
    restart: [["systemctl", "--user", "restart", SYSTEMD_UNIT]],
  };
}

function launchdAgent({ env, node, bin, uid }: ServiceOptions): ServiceFile {
  const path = join(env.HOME || homedir(), "Library", "LaunchAgents", `${LAUNCHD_LABEL}.plist`);
  const text = (value: string): string => `<string>${xmlText(value)}</string>`;
  const variables = serviceEnvironment(env).map(([name, value]) => `    <key>${name}</key>\n    ${text(value)}\n`);
  const content = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(LAUNCHD_LABEL)}
  <key>ProgramArguments</key>
  <array>
    ${[node, bin, "daemon", "run"].map(text).join("\n    ")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join("")}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>30</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Nice</key>
  <integer>10</integer>
  <key>LowPriorityIO</key>
  <true/>
  <key>Umask</key>
  <integer>63</integer>
</dict>
</plist>
`;
  return {
    kind: "launchd",
    path,
    content,
    start: [["launchctl", "bootstrap", `gui/${uid}`, path]],
    stop: [["launchctl", "bootout", `gui/${uid}/${LAUNCHD_LABEL}`]],
    restart: [],
  };
}

function serviceEnvironment(env: Environment): readonly (readonly [string, string])[] {
  const passed = PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return [["CLEW_HOME", clewPaths(env).home], ...passed];
}

/** A quoted word of a unit: backslash and quote escaped, `%` doubled, as it begins a specifier. */
function systemdWord(word: string): string {
  return `"${word.replace(/[\\"]/gu, "\\$&").replaceAll("%", "%%").replaceAll("\n", "\\n")}"`;
}

/** In ExecStart a dollar sign begins a variable as well. */
function systemdCommandWord(word: string): string {
  return systemdWord(word).replaceAll("$", "$$$$");
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
