/** @module What a program imports from `clew-sdk`. */
export { type ClewRecord, type ClewSeverity, WIRE_VERSION } from "./wire.ts";
