/** @module An answer as it is shown: what its words are worth is settled, and that others' words were shown is taken down. */
import type { Trust } from "../../base/fence.ts";
import { sessionAuthor } from "../../query/session-author.ts";
import { type Answer, type Quote, type RenderedAnswer, renderAnswer } from "./answer.ts";
import { noteForeignShown } from "./foreign-shown.ts";
import type { ToolCall } from "./services.ts";

/** Renders to at most so many tokens. */
export function shownAnswer(answer: Answer, maxTokens: number, call: ToolCall): RenderedAnswer {
  const rendered = renderAnswer(judged(answer, call), maxTokens);
  if (rendered.isForeign) noteForeignShown(call);
  return rendered;
}

/** A record of a session that had been shown nobody else's words stays a record; any other may repeat them. */
function judged(answer: Answer, { services }: ToolCall): Answer {
  const known = new Map<string, Trust>();
  const trustOf = ({ trust, session }: Quote): Trust => {
    if (trust !== "record") return trust;
    if (session === undefined) return "tainted";
    const found = known.get(session) ?? recordTrust(services, session);
    known.set(session, found);
    return found;
  };
  const withTrust = (quote: Quote): Quote => ({ ...quote, trust: trustOf(quote) });
  return {
    ...answer,
    ...(answer.quote && { quote: withTrust(answer.quote) }),
    ...(answer.items && {
      items: answer.items.map((item) => (item.quote ? { ...item, quote: withTrust(item.quote) } : item)),
    }),
  };
}

function recordTrust({ ask }: ToolCall["services"], session: string): Trust {
  return ask((db) => sessionAuthor(db, session))?.tainted === false ? "record" : "tainted";
}
