/** @module The MCP tool `search` over 5,000 sessions: time from question to answer, and tokens of an answer. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { generated, indexed } from "./lib/archives.mjs";
import { percentile, root } from "./lib/measure.mjs";
import { printTable } from "./lib/table.mjs";

const { config, manifest } = generated(5000, 150_000);
const home = await indexed(config, "mcp");
const fromDist = (path) => import(pathToFileURL(join(root, "packages", "app", "dist", ...path.split("/"))).href);
const { openReader } = await fromDist("query/reader.js");
const { parseFilter } = await fromDist("query/filter/parse.js");
const { searchEvents } = await fromDist("query/search.js");
const { estimateTokens } = await fromDist("context/budget.js");
const { createMcpServer } = await fromDist("surfaces/mcp/server.js");

const reader = openReader(join(home, "clew.db"));
const services = {
  env: { HOME: home, CLEW_HOME: home },
  clock: Date.now,
  timeZone: "UTC",
  version: "0",
  ask: (question) => question(reader),
  cwd: null,
  onError: (error) => console.error(error),
};
const server = createMcpServer({ services, profile: "read", limit: { take: () => 0 } });
const client = new Client({ name: "benchmark", version: "1" });
const [near, far] = InMemoryTransport.createLinkedPair();
await server.connect(far);
await client.connect(near);

const times = [];
const bare = [];
let [mostText, mostStructured] = [0, 0];
for (let pass = 0; pass < 3; pass++) {
  for (const word of manifest.words) {
    let startedAt = performance.now();
    const answer = await client.callTool({ name: "search", arguments: { query: word } });
    if (pass > 0) times.push(performance.now() - startedAt);
    const text = answer.content.map((block) => block.text).join("\n");
    mostText = Math.max(mostText, estimateTokens(text));
    mostStructured = Math.max(mostStructured, estimateTokens(JSON.stringify(answer.structuredContent)));
    startedAt = performance.now();
    searchEvents(reader, { filter: parseFilter(word, "search"), now: Date.now(), timeZone: "UTC", limit: 8 });
    if (pass > 0) bare.push(performance.now() - startedAt);
  }
}
await client.close();
await server.close();
const yardstick = { name: "the query alone", value: percentile(bare, 95) };
printTable(
  `MCP search in ${manifest.events.toLocaleString("en")} events of 5,000 sessions, ${manifest.words.length} words, answers of the default size`,
  [
    { what: "any word, p95", value: percentile(times, 95), unit: "ms", budget: 50, yardstick },
    { what: "any word, p50", value: percentile(times, 50), unit: "ms" },
    { what: "slowest", value: Math.max(...times), unit: "ms" },
    { what: "tokens of the largest answer, as text", value: mostText, unit: "count", budget: 1000 },
    { what: "the same, as structured content", value: mostStructured, unit: "count", budget: 1000 },
  ],
);
