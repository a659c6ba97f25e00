/** @module Starts the pages: sign in, draw, listen. */
import { render } from "preact";
import { App } from "./app.tsx";
import { signIn } from "./state/api.ts";
import { startKeys } from "./state/keys.ts";
import { startLive } from "./state/live.ts";

await signIn();
render(<App />, document.getElementById("app")!);
startKeys();
startLive();
