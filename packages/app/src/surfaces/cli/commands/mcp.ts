/** @module `clew mcp`: the agent asks its own history, over standard input and output; or how to reach the daemon for it. */
import { ClewError } from "../../../base/error.ts";
import { clewPaths } from "../../../base/paths.ts";
import { oneOf } from "../arguments.ts";
import { type CliCommand, type Invocation, JSON_FLAG, textFlag } from "../command.ts";

const PROFILES = ["read", "write"] as const;

export const mcpCommand: CliCommand = {
  summary: "let an agent ask its own history, as an MCP server on standard input and output",
  operands: "",
  arity: [0, 0],
  flags: {
    write: { type: "boolean", description: "with the tools that write things down; the same as --profile write" },
    profile: { type: "string", description: `${PROFILES.join(" or ")} (default ${PROFILES[0]})`, valueHint: "NAME" },
    http: {
      type: "boolean",
      description: "serve nothing: print where the daemon serves the same, and the header it wants",
    },
    json: { ...JSON_FLAG.json, description: "with --http: print JSON (docs/cli-json.md)" },
  },
  examples: ["claude mcp add clew -- clew mcp", "clew mcp --write", "clew mcp --http --json"],
  async run(invocation) {
    const { context, flags } = invocation;
    const given = textFlag(flags, "profile");
    const profile = oneOf("profile", given, PROFILES, flags.write ? "write" : "read");
    if (flags.write && given === "read") throw new ClewError("usage", "--write does not go with --profile read");
    if (flags.http) return printAccess(invocation, profile);
    if (flags.json) throw new ClewError("usage", "--json goes with --http: the server itself speaks MCP");
    if (context.isInteractive)
      context.err.line(
        "clew mcp speaks MCP on standard input and output: `claude mcp add clew -- clew mcp` registers it.",
      );
    await serve(invocation, profile);
    return 0;
  },
};

async function serve({ context }: Invocation, profile: "read" | "write"): Promise<void> {
  const { env, clock, timeZone, err, stopped } = context;
  const [{ serveOverStdio }, { storeReader }, { clewVersion }] = await Promise.all([
    import("../../mcp/stdio.ts"),
    import("../../mcp/store-reader.ts"),
    import("../../../base/version.ts"),
  ]);
  const store = storeReader(clewPaths(env).database);
  try {
    const services = {
      env,
      clock,
      timeZone,
      version: clewVersion(),
      ask: store.ask,
      cwd: process.cwd(),
      settle: async () => (await import("../../../ingest/drain-command.ts")).drainIfFree(env, clock),
      onError: (error: unknown) => err.line(`clew mcp: ${(error as Error).message}`),
    };
    await serveOverStdio({ services, profile }, { input: process.stdin, output: process.stdout }, stopped);
  } finally {
    store.close();
  }
}

async function printAccess({ context, flags }: Invocation, profile: "read" | "write"): Promise<number> {
  const { env, out } = context;
  const { mcpAccess } = await import("../../../daemon/mcp-access.ts");
  const access = await mcpAccess(env, profile);
  if (!access) throw new ClewError("not_found", "no daemon is running: `clew daemon start` starts one");
  const { url, token } = access;
  if (token === null) throw new ClewError("not_found", "the daemon that runs serves no MCP: start it again");
  const headers = { Authorization: `Bearer ${token}` };
  if (flags.json) out.json({ url, profile, headers });
  else {
    out.line("URL      ", url);
    out.line("Header   ", `Authorization: ${headers.Authorization}`);
    out.line("Profile  ", profile);
  }
  return 0;
}
