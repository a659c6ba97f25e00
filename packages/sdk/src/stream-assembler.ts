/** @module What puts the pieces of a stream together again. */
import type { InteractionOutcome, OpenInteraction } from "./interaction.ts";
import { guard } from "./problems.ts";

export interface StreamAssembler {
  /** One piece. True: content has come. */
  readonly push: (piece: unknown) => boolean;
  /** What has come so far. */
  readonly outcome: () => InteractionOutcome;
  /** An error that came as a piece of the stream. */
  readonly error?: () => unknown;
}

/** Whoever watches a stream go by. Nothing of it throws. */
export interface StreamObserver {
  readonly piece: (piece: unknown) => void;
  readonly end: () => void;
  readonly fail: (error: unknown) => void;
}

/** `more` is asked at the end for what the stream itself does not say. */
export function observeStream(
  call: OpenInteraction,
  assembler: StreamAssembler,
  more: () => InteractionOutcome = () => ({}),
): StreamObserver {
  const outcome = (): InteractionOutcome =>
    guard("adapter", "assemble a stream", () => ({ ...assembler.outcome(), ...more() }), {});
  return {
    piece(piece) {
      if (guard("adapter", "read a piece of a stream", () => assembler.push(piece), false)) call.firstToken();
    },
    end() {
      const error = assembler.error?.();
      if (error) call.fail(error, outcome());
      else call.finish(outcome());
    },
    fail: (error) => call.fail(error, outcome()),
  };
}

/** Watches an object that is iterated over, without changing what it is. */
export function tapIterable<Stream extends object>(stream: Stream, observer: StreamObserver): Stream {
  const target = stream as unknown as Record<PropertyKey, unknown>;
  // The SDKs' streams make all their ways of reading from this one function.
  const name: PropertyKey = typeof target.iterator === "function" ? "iterator" : Symbol.asyncIterator;
  const original = target[name];
  if (typeof original !== "function") {
    observer.end();
    return stream;
  }
  Object.defineProperty(stream, name, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]): AsyncIterator<unknown> {
      return tapIterator(original.apply(this, args) as AsyncIterator<unknown>, observer);
    },
  });
  return stream;
}

function tapIterator(iterator: AsyncIterator<unknown>, observer: StreamObserver): AsyncIterableIterator<unknown> {
  const step = async (result: Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> => {
    try {
      const { done, value } = await result;
      if (done) observer.end();
      else observer.piece(value);
      return (await result) as IteratorResult<unknown>;
    } catch (error) {
      observer.fail(error);
      throw error;
    }
  };
  return {
    next: (...args: [] | [unknown]) => step(iterator.next(...(args as []))),
    ...(iterator.return && {
      return: (value?: unknown) => {
        // Whoever stops early has had what came until then.
        observer.end();
        return iterator.return!(value);
      },
    }),
    ...(iterator.throw && { throw: (error?: unknown) => step(iterator.throw!(error)) }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A stream of the web that hands everything on as it comes, and asks for no more than its reader does. */
export function tapReadable<Piece>(stream: ReadableStream<Piece>, observer: StreamObserver): ReadableStream<Piece> {
  const reader = stream.getReader();
  return new ReadableStream<Piece>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            observer.end();
            controller.close();
          } else {
            observer.piece(value);
            controller.enqueue(value);
          }
        } catch (error) {
          observer.fail(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        observer.end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
