/** @module The tool which_session: in which session and in whose name this call is made. */
import { z } from "zod";
import { authorHandle } from "../../../base/fence.ts";
import { neutralLine } from "../../../base/neutral-text.ts";
import { safeId } from "../safe-words.ts";
import { asSpeaker } from "../speaker.ts";
import { readTool } from "../tool.ts";

export const whichSessionTool = readTool({
  name: "which_session",
  title: "Which session is this",
  description:
    "The session in which this call is made, by what that was found out, and the identity in whose name the writing tools act.",
  input: {},
  output: {
    session_id: z.string().nullable(),
    by: z.enum(["tool call", "surroundings", "nothing"]),
    why: z.string(),
    identity: z.string(),
    tainted: z.boolean().describe("what is written now counts as derived from what came from elsewhere"),
  },
  run(_, call) {
    return asSpeaker(call, ({ author, by }) => {
      const [id, why, identity] = [
        safeId(author.sessionId),
        neutralLine(author.why, 200),
        authorHandle(author.identity),
      ];
      const { tainted } = author;
      return {
        summary: `${id === null ? "No session is known" : `Session ${id}`}: ${why}. Writes as ${identity}${tainted ? ", marked as derived from what came from elsewhere" : ""}.`,
        fields: { session_id: id, by, why, identity, tainted },
      };
    });
  },
});
