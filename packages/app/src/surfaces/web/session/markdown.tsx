/** @module Markdown as people and models write it: parsed without HTML, sanitised, put in as nodes, never as a string. */
import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import { useLayoutEffect, useRef } from "preact/hooks";
import { highlightInto } from "./highlight.ts";

function parserWith(breaks: boolean) {
  const parser = new MarkdownIt({ html: false, linkify: true, breaks, typographer: false });
  // Images of foreign text would be requests to elsewhere; their text stands for them.
  parser.renderer.rules.image = (tokens, index) =>
    `<span class="image-stub">[image: ${parser.utils.escapeHtml(tokens[index]?.content ?? "")}]</span>`;
  return parser;
}

const flowing = parserWith(false);
const broken = parserWith(true);

const ALLOWED = {
  ALLOWED_TAGS: [
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "s",
    "del",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "span",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
  ],
  ALLOWED_ATTR: ["href", "class", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  RETURN_DOM_FRAGMENT: true,
} as const;
/** Longer texts are shown as plain text: parsing them would block the page. */
const LONGEST = 200_000;

export interface MarkdownProps {
  readonly text: string;
  /** A single line break stays one: people write notes and messages so. */
  readonly keepsBreaks?: boolean;
}

export function Markdown({ text, keepsBreaks = false }: MarkdownProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (text.length > LONGEST) return box.current!.replaceChildren(document.createTextNode(text));
    const fragment = DOMPurify.sanitize((keepsBreaks ? broken : flowing).render(text), {
      ...ALLOWED,
      ALLOWED_TAGS: [...ALLOWED.ALLOWED_TAGS],
      ALLOWED_ATTR: [...ALLOWED.ALLOWED_ATTR],
    });
    for (const link of fragment.querySelectorAll("a")) {
      link.rel = "noopener noreferrer";
      link.target = "_blank";
    }
    // Headings of a message would break the page's own outline.
    for (const heading of fragment.querySelectorAll("h1,h2,h3,h4,h5,h6")) {
      const stand = document.createElement("p");
      stand.className = `heading ${heading.tagName.toLowerCase()}`;
      stand.append(...heading.childNodes);
      heading.replaceWith(stand);
    }
    for (const table of fragment.querySelectorAll("table")) {
      const scroller = document.createElement("div");
      scroller.className = "table-scroll";
      scroller.tabIndex = 0;
      table.replaceWith(scroller);
      scroller.append(table);
    }
    for (const code of fragment.querySelectorAll("pre > code")) {
      const language = /language-([\w+#-]+)/.exec(code.className)?.[1];
      code.parentElement!.tabIndex = 0;
      if (language) highlightInto(code as HTMLElement, code.textContent ?? "", language);
    }
    box.current!.replaceChildren(fragment);
  }, [text, keepsBreaks]);
  return <div class="prose" ref={box} />;
}
