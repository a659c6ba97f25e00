/** @module The Enter key, for a command that runs on. */

/** Calls back on every Enter, where a person sits at the terminal; returns the function that ends it. */
export function onEnter(callback: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const listen = (): void => callback();
  stdin.on("data", listen);
  // The terminal hands over whole lines; waiting for them must not keep the process alive.
  stdin.unref();
  return () => {
    stdin.off("data", listen);
    stdin.pause();
  };
}
