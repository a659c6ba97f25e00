/** @module Run by the service in a worker thread: counts an answer's words, in the session of the request. */
import { parentPort, workerData } from "node:worker_threads";
import { log } from "./log.mjs";

const { question, text } = workerData;
const words = text.split(/\s+/).length;

log.info({ question, words }, "words counted");
parentPort.postMessage(words);
