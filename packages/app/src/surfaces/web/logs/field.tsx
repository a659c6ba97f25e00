/** @module A name and what stands for it, in a list of such. */
import type { ComponentChildren } from "preact";

export function Field({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
