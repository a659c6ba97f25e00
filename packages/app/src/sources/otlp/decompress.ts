/** @module A request's body without its compression, within bounds: unpacking stops as soon as it is too much. */
import { promisify } from "node:util";
import { gunzip, inflate, inflateRaw } from "node:zlib";
import type { OtlpLimits } from "./limits.ts";

/** A request that is not taken in, as an HTTP status and why. */
export interface OtlpRefusal {
  readonly status: 400 | 413 | 415;
  readonly message: string;
}

const asGzip = promisify(gunzip);
const asZlib = promisify(inflate);
const asDeflate = promisify(inflateRaw);

type Unpack = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const ENCODINGS: ReadonlyMap<string, readonly Unpack[]> = new Map<string, readonly Unpack[]>([
  ["gzip", [asGzip]],
  ["x-gzip", [asGzip]],
  // Meant to be zlib's format; some send the bare stream.
  ["deflate", [asZlib, asDeflate]],
]);

/** `encoding`: the header Content-Encoding. Runs beside the event loop and never rejects. */
export async function decompress(
  body: Buffer,
  encoding: string | undefined,
  limits: OtlpLimits,
): Promise<Buffer | OtlpRefusal> {
  const name = encoding?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") {
    return body.length <= limits.bytes ? body : tooLarge(`more than ${limits.bytes} bytes`);
  }
  const unpackers = ENCODINGS.get(name);
  if (!unpackers) return { status: 415, message: "Content-Encoding is gzip, deflate or none" };
  if (body.length > limits.compressedBytes) return tooLarge(`more than ${limits.compressedBytes} compressed bytes`);
  const most = Math.min(limits.bytes, Math.max(limits.ratioFrom, body.length * limits.ratio));
  for (const unpack of unpackers) {
    try {
      return await unpack(body, { maxOutputLength: most });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
        return tooLarge(`unpacks to more than ${most} bytes`);
      }
    }
  }
  return { status: 400, message: `the body is no ${name}` };
}

function tooLarge(what: string): OtlpRefusal {
  return { status: 413, message: what };
}
