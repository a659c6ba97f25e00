/** @module `clew graph export` and `import`: the JSON lines of the MCP memory server's file. */
import { createReadStream, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ClewError } from "../../../../base/error.ts";
import { type Invocation, textFlag } from "../../command.ts";
import { foreignJson, isForeign } from "../../render/foreign.ts";
import { counted } from "../../render/formats.ts";
import { styled } from "../../render/piece.ts";
import { authoringHere, sayWho, workingDirectory } from "../shared/here.ts";

const MOST_BYTES = 64 * 1024 * 1024;

/** To standard output without a file, or for `-`. A file that is there is replaced as a whole. */
export async function exportGraph({ context, operands }: Invocation): Promise<number> {
  const [path = "-"] = operands;
  return authoringHere(context, undefined, async ({ authoring, author }) => {
    const { graphLines } = await import("../../../../query/graph-export.ts");
    const lines = authoring.read(graphLines) ?? [];
    if (path === "-") {
      // Whose words these are is not asked for each: to an agent they are somebody's.
      const written = { authors: ["several"], tainted: true };
      for (const line of lines)
        context.out.record(isForeign(author, written) ? foreignJson(line, author, written) : line);
      return 0;
    }
    // It is read there by whoever opens the file.
    author.onForeign?.();
    const { replaceFile } = await import("../../../../setup/replace-file.ts");
    const file = resolve(workingDirectory(context), path);
    if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory())
      throw new ClewError("io", `${file} cannot be written: there is no directory ${dirname(file)}`);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const unique = authoring.newId().replaceAll("-", "");
    replaceFile(file, Buffer.from(text), { expected: bytesOf(file), mode: 0o600, unique });
    const entities = lines.filter((line) => line.type === "entity").length;
    context.out.line(
      `${file}: ${counted(entities, "entity", "entities")}, ${counted(lines.length - entities, "relation")}`,
    );
    return 0;
  });
}

/** Null: there is none. */
function bytesOf(file: string): Buffer | null {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new ClewError("io", `${file} cannot be written: it is a directory`);
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return null;
    throw new ClewError("io", `${file} cannot be read: ${reasonIn(code)}`, { cause: error });
  }
}

/** The file system's own words name a call and a path twice. */
function reasonIn(code: string | undefined): string {
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a directory";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  return code ?? "the file system gives no reason";
}

export async function importGraphFile({ context, flags, operands }: Invocation): Promise<number> {
  const [path = "-"] = operands;
  const bytes = await bytesFrom(path === "-" ? path : resolve(workingDirectory(context), path));
  return authoringHere(context, textFlag(flags, "session"), async ({ authoring, author }) => {
    const { importGraph } = await import("../../../../authoring/graph-import.ts");
    const imported = await importGraph(authoring, bytes, author);
    const { out, err } = context;
    if (flags.json) out.json({ ...imported, identity: author.identity });
    else {
      const { entities, relations, changed, malformed, problems } = imported;
      out.line(
        `${counted(entities, "entity", "entities")} and ${counted(relations, "relation")} read; ${changed} of them ${changed === 1 ? "was new or" : "were new or"} had something new`,
      );
      for (const { line, message } of problems) err.line(styled("yellow", "warning:"), ` line ${line}: ${message}`);
      if (malformed > 0) err.line(`${malformed} ${malformed === 1 ? "line was" : "lines were"} left out`);
      if (changed > 0) sayWho(context, author);
    }
    return imported.malformed > 0 ? 1 : 0;
  });
}

async function bytesFrom(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === "-" ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > MOST_BYTES) break;
    }
  } catch (error) {
    throw new ClewError("usage", `${path} cannot be read: ${reasonIn((error as NodeJS.ErrnoException).code)}`);
  }
  if (length > MOST_BYTES) throw new ClewError("usage", `${path} is larger than 64 MB`);
  return Buffer.concat(chunks);
}
