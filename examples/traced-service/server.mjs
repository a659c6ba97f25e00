/** @module A web service whose log lines and model calls all carry the session of the request that caused them. */
import { execFile } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import Anthropic from "@anthropic-ai/sdk";
import { serve } from "@hono/node-server";
import { bindCallback, childEnv, close, withSession, workerOptions } from "clew-sdk";
import { InteractionLogger, logAnthropic } from "clew-sdk/interactions";
import { Hono } from "hono";
import { log } from "./log.mjs";

const proofreader = fileURLToPath(new URL("./proofread.mjs", import.meta.url));
const wordCounter = new URL("./count-words.mjs", import.meta.url);

/** Ticks for all requests at once, so its events belong to none: a listener says whose it is with bindCallback. */
const pulse = new EventEmitter().setMaxListeners(0);
setInterval(() => pulse.emit("tick"), 20).unref();

async function ask(model, { question, stream }) {
  const slow = setTimeout(() => log.warn({ question }, "the model takes its time"), 40);
  try {
    const asked = { model: "claude-haiku-4-5", max_tokens: 100, messages: [{ role: "user", content: question }] };
    if (!stream) return (await model.messages.create(asked)).content[0].text;
    let text = "";
    for await (const { delta } of await model.messages.create({ ...asked, stream: true })) text += delta?.text ?? "";
    return text;
  } catch (error) {
    log.error({ question, err: error }, "the model failed");
    throw error;
  } finally {
    clearTimeout(slow);
  }
}

/** In a child process: it gets the session in its environment and opens one of its own below. */
async function proofread(question, text) {
  const env = { ...process.env, ...childEnv() };
  const { stdout } = await promisify(execFile)(process.execPath, [proofreader, question, text], { env });
  log.info({ question }, "proofreader finished");
  return stdout.trim();
}

/** In a worker thread: it runs in the session. */
async function countWords(question, text) {
  const worker = new Worker(wordCounter, workerOptions({ workerData: { question, text } }));
  const [words] = await once(worker, "message");
  log.info({ question }, "word counter finished");
  return words;
}

async function answer(model, asked) {
  const { question } = asked;
  log.info({ question }, "asked");
  const text = await ask(model, asked);
  const proofreader = asked.proofread ? await proofread(question, text) : null;
  const words = asked.count ? await countWords(question, text) : null;
  const tell = bindCallback(() => log.info({ question }, "answered"));
  await new Promise((resolve) => pulse.once("tick", () => resolve(tell())));
  return { answer: text, words, proofreader };
}

/** Calls back with the service's address. Port 0: any that is free. */
export function startService({ port, modelUrl }, started) {
  const interactions = new InteractionLogger({ session: { name: "answers" } });
  const client = new Anthropic({ apiKey: "none", baseURL: modelUrl, maxRetries: 0 });
  const model = logAnthropic(client, interactions);
  const app = new Hono();
  app.use((context, next) =>
    withSession({ name: context.req.path, trigger: "http", headers: context.req.raw.headers }, async (session) => {
      context.header("x-session-id", session.id);
      await next();
      if (context.error) session.fail(context.error);
    }),
  );
  app.post("/answer", async (context) => context.json(await answer(model, await context.req.json())));
  app.onError((error, context) => context.json({ error: error.message }, 502));
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, ({ port: actual }) =>
    started(`http://127.0.0.1:${actual}`),
  );
  return {
    async stop() {
      await new Promise((resolve) => server.close(resolve));
      await interactions.close();
      await close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const modelUrl = process.env.MODEL_URL ?? "http://127.0.0.1:8788";
  const service = startService({ port: Number(process.env.PORT ?? 8787), modelUrl }, (url) => {
    log.info({ url }, "listening");
    console.log(`the service answers on ${url}`);
  });
  process.once("SIGTERM", () => service.stop().then(() => process.exit(0)));
}
