/** @module Keyboard: pages register their keys while they are shown; nothing fires while someone types. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface KeyBinding {
  /** `KeyboardEvent.key`; "mod+k" stands for Ctrl or Cmd. */
  readonly keys: readonly string[];
  readonly label: string;
  /** False: the key was not for us, others may have it. */
  run(event: KeyboardEvent): unknown;
}

/** What the help dialog lists, newest page last. */
export const bindings = signal<readonly KeyBinding[]>([]);

/** Adds bindings while the component is mounted. Keys and labels are of the first drawing, what runs is of the last. */
export function useKeys(list: readonly KeyBinding[]): void {
  const latest = useRef(list);
  latest.current = list;
  useEffect(() => {
    const own = latest.current.map((binding, index) => ({
      ...binding,
      run: (event: KeyboardEvent) => latest.current[index]!.run(event),
    }));
    bindings.value = [...bindings.peek(), ...own];
    return () => {
      bindings.value = bindings.peek().filter((binding) => !own.includes(binding));
    };
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Installed once. */
export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    const isMod = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    if (!isMod && (isTyping(event.target) || document.querySelector("dialog[open]"))) return;
    const name = isMod ? `mod+${event.key.toLowerCase()}` : event.key;
    for (const binding of bindings.peek().toReversed()) {
      if (!binding.keys.includes(name)) continue;
      if (binding.run(event) === false) continue;
      event.preventDefault();
      return;
    }
  });
}
