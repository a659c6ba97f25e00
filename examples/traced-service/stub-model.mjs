/** @module A stand-in for Anthropic's API: answers after a random time; refuses every 20th call, breaks off every 10th stream. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";

const overloaded = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };

/** Messages of the stream that tells a whole message piece by piece. */
function* pieces({ content, usage, ...message }) {
  yield { type: "message_start", message: { ...message, content: [], usage: { ...usage, output_tokens: 1 } } };
  yield { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
  for (const word of content[0].text.split(/(?<= )/))
    yield { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: word } };
  yield { type: "content_block_stop", index: 0 };
  yield { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage };
  yield { type: "message_stop" };
}

/** Calls back with the API's address. Port 0: any that is free. */
export function startStubModel(port, started) {
  let calls = 0;
  let streams = 0;
  const app = new Hono();
  app.post("/v1/messages", async (context) => {
    const { model, messages, stream } = await context.req.json();
    const call = ++calls;
    await sleep(5 + Math.random() * 45);
    if (call % 20 === 0) return context.json(overloaded, 529);
    const message = {
      id: `msg_${randomUUID()}`,
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text: `You asked: ${messages[0].content}` }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 10 + (call % 90), output_tokens: 5 + (call % 40) },
    };
    if (!stream) return context.json(message);
    const isBroken = ++streams % 10 === 0;
    return streamSSE(context, async (events) => {
      for (const piece of pieces(message)) {
        const isCut = isBroken && piece.type === "content_block_stop";
        const { type, ...data } = isCut ? overloaded : piece;
        await events.writeSSE({ event: type, data: JSON.stringify({ type, ...data }) });
        if (isCut) return;
        await sleep(Math.random() * 3);
      }
    });
  });
  return serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, ({ port: actual }) =>
    started(`http://127.0.0.1:${actual}`),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  startStubModel(Number(process.env.PORT ?? 8788), (url) => console.log(`the model answers on ${url}`));
