/** @module `clew approve`: a person's word that what another wrote may be relied on, as it stands, to the byte. */
import { isMemoryKey } from "../../../query/memory-key.ts";
import { type CliCommand, JSON_FLAG } from "../command.ts";

export const approveCommand: CliCommand = {
  summary: "approve an entry, a message or a memory file of another, as it stands; a changed byte takes that back",
  operands: "ID",
  arity: [1, 1],
  flags: {
    yes: { type: "boolean", description: "do not ask", alias: "y" },
    revoke: { type: "boolean", description: "take your approval back, of whatever it said" },
    ...JSON_FLAG,
  },
  examples: ["clew approve e-7f3a", "clew approve m-7f3a --yes", "clew approve e-7f3a --revoke"],
  async run({ context, flags, operands }) {
    const [word] = operands as readonly [string];
    // A memory file's key is a path, or stands for one; entries and messages have other ids.
    if (word.includes("/") || isMemoryKey(word))
      return (await import("./memory/approve.ts")).approveMemory(context, word, flags);
    const { approveShared, revokeShared } = await import("./approve/shared.ts");
    return flags.revoke ? revokeShared(context, word, flags) : approveShared(context, word, flags);
  },
};
