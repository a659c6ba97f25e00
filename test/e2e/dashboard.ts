/** @module The dashboard's real server over a database of a test, in this process. */
import { dirname, join } from "node:path";
import { openReader } from "../../packages/app/src/query/reader.ts";
import { createApp } from "../../packages/app/src/surfaces/http/app.ts";
import { loadAssets } from "../../packages/app/src/surfaces/http/assets.ts";
import { createAuth } from "../../packages/app/src/surfaces/http/auth.ts";
import { bindQuestions } from "../../packages/app/src/surfaces/http/bind-questions.ts";
import { createLiveHub, type LiveHub } from "../../packages/app/src/surfaces/http/live.ts";
import { type RunningServer, serveDashboard } from "../../packages/app/src/surfaces/http/serve.ts";
import { repositoryRoot } from "../repository.ts";

export interface TestDashboard {
  readonly url: string;
  readonly port: number;
  readonly live: LiveHub;
  readonly errors: readonly unknown[];
  /** Address that signs a browser in, once. */
  signIn(path?: string): string;
  close(): Promise<void>;
}

/** Needs the built pages (`npm run build`). */
export async function serveDatabase(path: string, { port = 0, demo = false } = {}): Promise<TestDashboard> {
  const reader = openReader(path);
  const clock = () => Date.now();
  const auth = createAuth({ clock, secret: new Uint8Array(32).fill(7), codeLifetimeMs: 120_000 });
  const live = createLiveHub();
  const assets = loadAssets(join(repositoryRoot, "packages/app/dist/web"));
  if (!assets.has("/index.html"))
    throw new Error(`the pages are not built: run \`npm run build\` in ${dirname(repositoryRoot)}`);
  const errors: unknown[] = [];
  const server: RunningServer = await serveDashboard({
    appFor: (actual) =>
      createApp({
        port: actual,
        questions: bindQuestions({ reader, clock }),
        auth,
        live,
        assets,
        demo,
        onError: (error) => errors.push(error),
      }),
    port,
  });
  return {
    url: server.url,
    port: server.port,
    live,
    errors,
    signIn: (to = "/") => `${server.url}${to}#c=${auth.issueCode()}`,
    async close() {
      await server.close();
      reader.close();
    },
  };
}
