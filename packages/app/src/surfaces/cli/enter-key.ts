/** @module The Enter key, for a command that runs on. */

/** Calls back on every Enter, where a person sits at the terminal; returns the function that ends it. */
export function onEnter(callback: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const listen = (): void => callback();
  // The terminal hands over whole lines.
  stdin.on("data", listen);
  return () => {
    stdin.off("data", listen);
    // A terminal that is only paused would keep the process alive.
    stdin.destroy();
  };
}
