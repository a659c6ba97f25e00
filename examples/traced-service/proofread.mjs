/** @module Run by the service as a process of its own: proofreads an answer in a session below that of the request. */
import { withSession } from "clew-sdk";
import { log } from "./log.mjs";

const [question = "", text = ""] = process.argv.slice(2);

log.info({ question }, "proofreader started");
withSession({ name: "proofread" }, (session) => {
  log.info({ question, characters: text.length }, "proofread");
  console.log(session.id);
});
