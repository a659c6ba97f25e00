/** @module The help dialog: every key that works on this page, to filter and to run. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { bindings } from "../state/keys.ts";

const isOpen = signal(false);

export function openHelp(): void {
  isOpen.value = true;
}

function close(): void {
  isOpen.value = false;
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const open = isOpen.value;
  useEffect(() => {
    if (open) {
      dialog.current?.showModal();
      dialog.current?.querySelector("input")?.focus();
    } else dialog.current?.close();
    setText("");
  }, [open]);
  const list = bindings.value.filter((binding) => binding.label.toLowerCase().includes(text.toLowerCase()));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself
    <dialog
      ref={dialog}
      class="help"
      aria-label="Keyboard"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      {open ? (
        <>
          <header>
            <h2>Keyboard</h2>
            <button type="button" class="ghost" aria-label="Close" onClick={close}>
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="m4.5 4.5 7 7m0-7-7 7" />
              </svg>
            </button>
          </header>
          <input
            type="text"
            placeholder="Find a command"
            aria-label="Find a command"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <ul>
            {list.map((binding) => (
              <li key={binding.label}>
                <button
                  type="button"
                  onClick={() => {
                    isOpen.value = false;
                    setTimeout(() => binding.run(new KeyboardEvent("keydown", { key: binding.keys[0]! })), 0);
                  }}
                >
                  <span>{binding.label}</span>
                  <span>
                    {binding.keys.map((key) => (
                      <kbd key={key}>{key.replace("mod+", "Ctrl ")}</kbd>
                    ))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </dialog>
  );
}
