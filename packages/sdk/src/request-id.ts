/** @module The id that a provider gave to a request, wherever its answer, its SDK or its error keeps it. */
import { asObject } from "./token-usage.ts";

const HEADERS = ["request-id", "x-request-id"];

/** Of an answer's headers: the web's Headers, or an object. */
export function requestIdIn(headers: unknown): string | undefined {
  const { get } = asObject(headers);
  for (const name of HEADERS) {
    const value: unknown = typeof get === "function" ? get.call(headers, name) : asObject(headers)[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** Of what an SDK answered or threw, or of the response itself. */
export function requestIdOf(answer: unknown): string | undefined {
  const { _request_id, request_id, requestID, headers, responseHeaders } = asObject(answer);
  const named = [_request_id, request_id, requestID].find((id) => typeof id === "string" && id !== "");
  return (named as string | undefined) ?? requestIdIn(headers ?? responseHeaders);
}
