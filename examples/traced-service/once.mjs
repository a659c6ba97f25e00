/** @module Starts stub and service on free ports, sends five requests, stops both, and prints the requests' sessions. */
import { startService } from "./server.mjs";
import { startStubModel } from "./stub-model.mjs";

const started = (start) =>
  new Promise((resolve) => {
    const running = start((url) => resolve({ url, running }));
  });

const model = await started((done) => startStubModel(0, done));
const service = await started((done) => startService({ port: 0, modelUrl: model.url }, done));
const questions = ["Which clay?", "How hot?", "How long?", "Which glaze?", "For whom?"];
await Promise.all(
  questions.map(async (question, index) => {
    const body = JSON.stringify({ question, stream: index % 2 === 1, proofread: index === 2, count: index === 3 });
    const response = await fetch(`${service.url}/answer`, { method: "POST", body });
    await response.text();
    console.log(`${response.headers.get("x-session-id")} ${response.status} ${question}`);
  }),
);
await service.running.stop();
model.running.close();
