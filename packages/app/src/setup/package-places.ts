/** @module Where the parts of this package lie: the bundle, the hook scripts and the command. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface PackagePlaces {
  /** Directory with observe.sh and the other scripts that setup installs. */
  readonly scripts: string;
  /** Bundled entry of the command line. */
  readonly bin: string;
  /** Bundled entry that does what observe.sh does, where there is no sh. */
  readonly observeEntry: string;
  /** Bundled entry that a session's start runs. */
  readonly sessionStartEntry: string;
  /** Bundled entry of the status line. */
  readonly statusLineEntry: string;
}

/** The package's directory is two levels up from here in the sources, in the build and in the bundle alike. */
export function packagePlaces(importMetaUrl: string = import.meta.url): PackagePlaces {
  const root = fileURLToPath(new URL("../../", importMetaUrl));
  const packed = join(root, "dist", "plugin", "hooks");
  // The sources keep the plugin at the repository's root; a package that was installed has no sources.
  const isRepository = existsSync(join(root, "src", "bin.ts"));
  return {
    scripts: isRepository ? join(root, "..", "..", "plugin", "hooks") : packed,
    bin: join(root, "dist", "app", "bin.js"),
    observeEntry: join(root, "dist", "app", "observe.js"),
    sessionStartEntry: join(root, "dist", "app", "session-start.cjs"),
    statusLineEntry: join(root, "dist", "app", "statusline.cjs"),
  };
}
