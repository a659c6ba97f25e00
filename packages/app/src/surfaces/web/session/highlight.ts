/** @module Colours for code: shiki with the JavaScript engine, loaded with the first code block, one language at a time. */
import type { HighlighterCore, LanguageInput } from "shiki/core";

type Loader = () => Promise<LanguageInput>;
/** Languages that agents write most; everything else stays plain. */
const LANGUAGES: Readonly<Record<string, Loader>> = {
  typescript: () => import("shiki/langs/typescript.mjs"),
  tsx: () => import("shiki/langs/tsx.mjs"),
  javascript: () => import("shiki/langs/javascript.mjs"),
  json: () => import("shiki/langs/json.mjs"),
  python: () => import("shiki/langs/python.mjs"),
  shellscript: () => import("shiki/langs/shellscript.mjs"),
  go: () => import("shiki/langs/go.mjs"),
  rust: () => import("shiki/langs/rust.mjs"),
  sql: () => import("shiki/langs/sql.mjs"),
  css: () => import("shiki/langs/css.mjs"),
  html: () => import("shiki/langs/html.mjs"),
  yaml: () => import("shiki/langs/yaml.mjs"),
  toml: () => import("shiki/langs/toml.mjs"),
  diff: () => import("shiki/langs/diff.mjs"),
};
const ALIASES: Readonly<Record<string, string>> = {
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "tsx",
  py: "python",
  sh: "shellscript",
  bash: "shellscript",
  zsh: "shellscript",
  shell: "shellscript",
  console: "shellscript",
  rs: "rust",
  yml: "yaml",
  jsonc: "json",
  jsonl: "json",
  patch: "diff",
  svg: "html",
  xml: "html",
  vue: "html",
};
/** Longer code stays plain: colouring it would block the page. */
const LONGEST = 20_000;

let core: Promise<HighlighterCore> | undefined;

async function load(): Promise<HighlighterCore> {
  const [{ createHighlighterCore }, { createJavaScriptRegexEngine }, light, dark] = await Promise.all([
    import("shiki/core"),
    import("shiki/engine/javascript"),
    import("shiki/themes/github-light-default.mjs"),
    import("shiki/themes/github-dark-default.mjs"),
  ]);
  return createHighlighterCore({
    themes: [light.default, dark.default],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
}

/** Name of a file's language by its ending; null when it has no colours here. */
export function languageOfPath(path: string): string | null {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  return ending ? languageOf(ending) : null;
}

function languageOf(name: string): string | null {
  const lower = name.toLowerCase();
  const language = ALIASES[lower] ?? lower;
  return Object.hasOwn(LANGUAGES, language) ? language : null;
}

/** Replaces the element's text with coloured spans when the language is known. The text itself never changes. */
export function highlightInto(element: HTMLElement, code: string, name: string): void {
  const language = languageOf(name);
  if (!language || code.length > LONGEST) return;
  core ??= load();
  void core
    .then(async (highlighter) => {
      if (!highlighter.getLoadedLanguages().includes(language))
        await highlighter.loadLanguage(await LANGUAGES[language]!());
      const { tokens } = highlighter.codeToTokens(code, {
        lang: language,
        themes: { light: "github-light-default", dark: "github-dark-default" },
        defaultColor: false,
      });
      const lines = tokens.flatMap((line, index) => {
        const spans = line.map((token) => {
          const span = document.createElement("span");
          span.textContent = token.content;
          const style = token.htmlStyle ?? {};
          for (const name of Object.keys(style)) span.style.setProperty(name, style[name]!);
          return span;
        });
        return index === 0 ? spans : ["\n", ...spans];
      });
      element.replaceChildren(...lines);
      element.dataset.highlighted = "";
    })
    .catch(() => undefined);
}
