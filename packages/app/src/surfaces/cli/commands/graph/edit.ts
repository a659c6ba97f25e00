/** @module The sub-commands of `clew graph` that change something. */
import type { GraphChanged } from "../../../../authoring/graph.ts";
import { listFlag } from "../../arguments.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { authoringHere, type Here, sayWho } from "../shared/here.ts";

type Act = (here: Here, operands: readonly string[]) => Promise<GraphChanged>;

const graph = async () => await import("../../../../authoring/graph.ts");
const whole = async () => await import("../../../../authoring/graph-edit.ts");

async function change({ context, flags, operands }: Invocation, act: Act): Promise<number> {
  return authoringHere(context, textFlag(flags, "session"), async (here) => {
    const { id, name, changed } = await act(here, operands);
    if (flags.json) context.out.json({ id, name, changed, identity: here.author.identity });
    else {
      context.out.line(id);
      if (changed) sayWho(context, here.author);
      else context.err.line("It stood so already.");
    }
    return 0;
  });
}

export const addEntity = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = ""]) => {
    const type = textFlag(invocation.flags, "type");
    const observations = listFlag(invocation.flags, "observation");
    const given = { name, observations, ...(type !== undefined && { type }) };
    return (await (await graph()).addEntities(authoring, [given], author))[0]!;
  });

export const observe = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = "", ...texts]) => {
    const { addEntities, entityMeant } = await graph();
    // Only of what is known: a slip of the pen would be a new thing.
    const known = entityMeant(authoring, name);
    return (await addEntities(authoring, [{ name: known.name, observations: texts }], author))[0]!;
  });

export const forget = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = "", ...texts]) =>
    (await graph()).removeObservations(authoring, name, texts, author),
  );

const relating = (standing: boolean) => (invocation: Invocation) =>
  change(invocation, async ({ authoring, author }, [from = "", type = "", to = ""]) => {
    const [done] = await (await graph()).relateEntities(authoring, [{ from, type, to }], author, standing);
    return { ...done!, name: `${done!.from} ${done!.type} ${done!.to}` };
  });
export const relate: (invocation: Invocation) => Promise<number> = relating(true);
export const unrelate: (invocation: Invocation) => Promise<number> = relating(false);

export const rename = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = "", to = ""]) =>
    (await whole()).renameEntity(authoring, name, to, author),
  );

export const merge = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = "", into = ""]) =>
    (await whole()).mergeEntities(authoring, name, into, author),
  );

export const deleteOne = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = ""]) =>
    (await whole()).deleteEntity(authoring, name, author),
  );

export const undelete = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = ""]) =>
    (await whole()).undeleteEntity(authoring, name, author),
  );

export const undo = (invocation: Invocation): Promise<number> =>
  change(invocation, async ({ authoring, author }, [name = ""]) => (await whole()).undoEntity(authoring, name, author));
