#!/usr/bin/env node
// Plain, old syntax on purpose: this file must run on any Node, to say in one sentence why the rest cannot.
var version = process.versions.node.split(".").map(Number);
var supported = (version[0] === 20 && version[1] >= 19) || (version[0] === 22 && version[1] >= 14) || version[0] > 22;
if (!supported) {
  console.error(
    "clew needs Node.js 20.19 or newer of the 20 line, or 22.14 or newer; this is " + process.versions.node + ".",
  );
  process.exit(1);
}
import("../dist/app/bin.js").catch((error) => {
  if (error && error.code === "ERR_MODULE_NOT_FOUND" && /dist[\\/]app[\\/]bin\.js/.test(error.message)) {
    console.error("clew is not built yet: run `npm start` or `npm run build` in its directory first.");
  } else {
    console.error(error && error.message ? error.message : error);
  }
  process.exit(1);
});
