/** @module Ids agree with the rest of Clew. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { traceParent } from "../../app/src/base/trace-context.ts";
import { childEnvironment } from "../../app/src/registry/child-environment.ts";
import { newUuid } from "./ids.ts";
import { childEnv, configure, traceHeaders, withSession, workerOptions } from "./index.ts";
import { sha256 } from "./sha256.ts";
import { startRecording } from "./testing.ts";
import { parseTraceParent } from "./trace.ts";

test("sha256 is Node's, for any text", () => {
  const expected = (text: string) => createHash("sha256").update(text).digest("hex");
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000]) {
    const text = "é".repeat(length);
    expect(sha256(text), String(length)).toBe(expected(text));
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(expected(text));
    }),
  );
});

test("new ids are UUIDs, all different, in the order of their milliseconds", () => {
  const ids = Array.from({ length: 50_000 }, () => newUuid());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids.slice(0, 1000))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newUuid(1) < newUuid(2)).toBe(true);
});

test("a child's environment is the one that clew run gives", () => {
  const recorder = startRecording();
  expect(childEnv()).toEqual({});
  withSession("root", (root) => {
    const common = { workspaceId: root.workspace.id, traceSeed: root.id, clientSessionId: null };
    expect(childEnv()).toEqual(childEnvironment({ ...common, sessionId: root.id, parentSessionId: null }));
    withSession("inner", (inner) => {
      expect(childEnv()).toEqual(childEnvironment({ ...common, sessionId: inner.id, parentSessionId: root.id }));
      expect(traceHeaders()).toEqual({
        traceparent: traceParent(inner.id, root.id),
        "clew-correlation-id": inner.correlationId,
      });
    });
  });
  configure({ env: { CLEW_SESSION_ID: "a", CLEW_PARENT_SESSION_ID: "b" } });
  withSession({ parent: null }, () => expect(childEnv()).toMatchObject({ CLEW_PARENT_SESSION_ID: "" }));
  recorder.stop();
});

test("a worker's options keep what they are given", () => {
  const recorder = startRecording();
  withSession("root", (root) => {
    const options = workerOptions({ workerData: 1, env: { OWN: "yes" } });
    expect(options).toMatchObject({ workerData: 1, env: { OWN: "yes", CLEW_SESSION_ID: root.id } });
  });
  recorder.stop();
});

test("what is no trace context is none", () => {
  const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  expect(parseTraceParent(good)).toEqual({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    isSampled: true,
  });
  expect(parseTraceParent(`01${good.slice(2)}-more`)?.isSampled).toBe(true);
  for (const bad of [
    "",
    null,
    `${good}-more`,
    `ff${good.slice(2)}`,
    good.toUpperCase(),
    good.replace(/-[0-9a-f]{32}-/, `-${"0".repeat(32)}-`),
    good.replace(/-[0-9a-f]{16}-/, `-${"0".repeat(16)}-`),
  ])
    expect(parseTraceParent(bad), String(bad)).toBeNull();
});
