/** @module The main ESM file: what `clew-sdk` and `clew-sdk/pino` export, since opening a second file costs more than its content. */
export * from "./index.ts";
export * from "./pino.ts";
