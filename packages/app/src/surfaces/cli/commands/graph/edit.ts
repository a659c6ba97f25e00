/** @module The sub-commands of `clew graph` that change something. */
import type { EntityAdded, GraphChanged } from "../../../../authoring/graph.ts";
import { listFlag } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { foreignJson } from "../../render/foreign.ts";
import { counted } from "../../render/formats.ts";
import { authoringHere, type Here, sayWho } from "../shared/here.ts";

/** What was done, in words: `of` is how the entity may be called to whoever reads it. */
type Said<Done> = (done: Done, of: string, words: readonly string[]) => string;

const graph = async () => await import("../../../../authoring/graph.ts");
const whole = async () => await import("../../../../authoring/graph-edit.ts");

async function change<Done extends GraphChanged>(
  { context, flags, operands }: Invocation,
  act: (here: Here, operands: readonly string[]) => Promise<Done>,
  said: Said<Done>,
  unchanged = "It stood so already.",
): Promise<number> {
  return authoringHere(context, textFlag(flags, "session"), async (here) => {
    const done = await act(here, operands);
    const { id, name, changed } = done;
    if (flags.json) {
      // By its id an entity of anybody's can be meant: its name is its author's words.
      const whose = { authors: operands.includes(name) ? [] : ["several"], tainted: false };
      const said = foreignJson({ id, name, changed }, here.author, whose) as object;
      context.out.json({ ...said, identity: here.author.identity });
    } else {
      context.out.line(id);
      // Another name than the one that was given is its author's words.
      const isGiven = here.author.origin !== "agent" || operands.includes(name);
      if (changed) {
        context.err.line(said(done, isGiven ? `${name} (${id})` : id, operands));
        sayWho(context, here.author);
      } else context.err.line(unchanged);
    }
    return 0;
  });
}

const noted: Said<EntityAdded> = ({ isNew, added }, of) => {
  const observations = counted(added, "observation");
  if (isNew) return added === 0 ? `new: ${of}` : `new: ${of}, with ${observations}`;
  return added === 0 ? `noted the type of ${of}` : `noted ${observations} of ${of}`;
};

export const addEntity = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    async ({ authoring, author }, [name = ""]) => {
      const type = textFlag(invocation.flags, "type");
      const observations = listFlag(invocation.flags, "observation");
      const given = { name, observations, ...(type !== undefined && { type }) };
      const exact = invocation.flags.new === true;
      return (await (await graph()).addEntities(authoring, [given], author, { exact }))[0]!;
    },
    noted,
  );

export const observe = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    // Only of what is known: a slip of the pen would be a new thing.
    async ({ authoring, author }, [name = "", ...texts]) =>
      (await graph()).observeEntity(authoring, name, texts, author),
    noted,
  );

export const forget = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    async ({ authoring, author }, [name = "", ...texts]) =>
      (await graph()).removeObservations(authoring, name, texts, author),
    (_done, of, [, ...texts]) => `took ${counted(texts.length, "observation")} of ${of} away`,
  );

const relating = (standing: boolean) => (invocation: Invocation) =>
  change(
    invocation,
    async ({ authoring, author }, [from = "", type = "", to = ""]) => {
      const [done] = await (await graph()).relateEntities(authoring, [{ from, type, to }], author, standing);
      return { ...done!, name: `${done!.from} ${done!.type} ${done!.to}` };
    },
    ({ id }, _of, words) => `${standing ? "related" : "no longer related"}: ${words.join(" → ")} (${id})`,
  );
export const relate: (invocation: Invocation) => Promise<number> = relating(true);
export const unrelate: (invocation: Invocation) => Promise<number> = relating(false);

export const rename = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    async ({ authoring, author }, [name = "", to = ""]) => (await whole()).renameEntity(authoring, name, to, author),
    (_done, of, [name]) => `${name} is called ${of} now`,
  );

export const merge = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    async ({ authoring, author }, [name = "", into = ""]) =>
      (await whole()).mergeEntities(authoring, name, into, author),
    (_done, of, [name]) => `${name} and ${of} are one now`,
  );

export const deleteOne = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    async ({ authoring, author }, [name = ""]) => (await whole()).deleteEntity(authoring, name, author),
    (_done, of) => `deleted ${of}: \`clew graph undelete\` brings it back`,
    "It was deleted already.",
  );

export const undelete = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    async ({ authoring, author }, [name = ""]) => (await whole()).undeleteEntity(authoring, name, author),
    (_done, of) => `${of} is back, with all that was written of it`,
    "It was not deleted.",
  );

export const undo = (invocation: Invocation): Promise<number> =>
  change(
    invocation,
    async ({ authoring, author }, [name = ""]) => (await whole()).undoEntity(authoring, name, author),
    (_done, of) => `took the newest change of ${of} back; undo again takes that back`,
  );
