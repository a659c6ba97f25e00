/** @module Packages that only one command needs: loaded when it runs, and named with the command that installs them when they are not there. */
import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ClewError } from "../../base/error.ts";

/** What `load` gives; throws `not_found` with the npm command when the package is not installed. `what` needs it. */
export async function optionalPackage<Package>(
  name: string,
  what: string,
  load: () => Promise<Package>,
): Promise<Package> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    const command = installCommand(name, fileURLToPath(import.meta.url));
    throw new ClewError("not_found", `${what} needs the package ${name}, which is not installed: run \`${command}\``, {
      cause: error,
    });
  }
}

/** The npm command that puts a package where the file at `path`, one of Clew's own, finds it. */
export function installCommand(name: string, path: string): string {
  const at = path.lastIndexOf(`${sep}node_modules${sep}`);
  if (at < 0) return `npm install --no-save ${name}`;
  const prefix = path.slice(0, at);
  // A project has a package.json beside its node_modules; the directory of global packages has none.
  if (existsSync(join(prefix, "package.json"))) return `npm install --prefix ${quoted(prefix)} ${name}`;
  return dirname(prefix) === prefix ? `npm install ${name}` : `npm install --global ${name}`;
}

const quoted = (path: string): string =>
  /^[A-Za-z0-9_./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
