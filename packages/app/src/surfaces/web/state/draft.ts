/** @module Words that were typed and not yet sent: kept for this tab until they are, whatever is opened meanwhile. */
import { useState } from "preact/hooks";

const PREFIX = "draft ";

/** "": there is none. */
export function readDraft(key: string): string {
  try {
    return sessionStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

/** "" takes it away. Where the browser keeps nothing, nothing is kept. */
export function writeDraft(key: string, text: string): void {
  try {
    if (text === "") sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, text);
  } catch {
    // It is full, or the browser forbids it.
  }
}

/** A text of one box, kept under a key that stays the same while the box is shown. */
export function useDraft(key: string): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => readDraft(key));
  return [
    text,
    (next) => {
      writeDraft(key, next.trim() === "" ? "" : next);
      setText(next);
    },
  ];
}

/** Fields of a form by their names, as they were left; those of a draft that cannot be read are empty. */
export function readFormDraft(key: string): Readonly<Record<string, string>> {
  try {
    const found: unknown = JSON.parse(readDraft(key) || "{}");
    return Object.fromEntries(
      Object.entries(found ?? {}).filter((field): field is [string, string] => typeof field[1] === "string"),
    );
  } catch {
    return {};
  }
}

/** `base`: what the fields hold by themselves; a form that holds nothing else is no draft. */
export function writeFormDraft(
  key: string,
  fields: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>> = {},
): void {
  const isTyped = Object.entries(fields).some(([name, value]) => {
    const { [name]: before = "" } = base;
    return value !== before && (value.trim() !== "" || before !== "");
  });
  writeDraft(key, isTyped ? JSON.stringify(fields) : "");
}

export function fieldsOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** Ctrl or Cmd with Enter sends a form from any of its fields. */
export function sendOnEnter(event: KeyboardEvent & { readonly currentTarget: HTMLFormElement }): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
