import { defineConfig } from "vite";

/** Builds the dashboard's pages. One style sheet, hashed names, nothing inline: the content security policy allows no more. */
export default defineConfig({
  root: new URL("src/surfaces/web", import.meta.url).pathname,
  publicDir: "public",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: new URL("dist/web", import.meta.url).pathname,
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    reportCompressedSize: true,
  },
});
