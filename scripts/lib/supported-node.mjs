/** @module Says in one sentence why this Node cannot run Clew, and ends the process. Syntax and imports stay old on purpose. */

/** True for Node 20.19 and newer of its line, 22.14 and newer, and every later line. */
export function isSupportedNode(version) {
  const [major, minor] = version.split(".").map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 14) || major > 22;
}

/** Every script calls this first. */
export function requireSupportedNode() {
  const version = process.versions.node;
  if (isSupportedNode(version)) return;
  console.error(`clew needs Node.js 20.19 or newer of the 20 line, or 22.14 or newer; this is ${version}.`);
  process.exit(1);
}
