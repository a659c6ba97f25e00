/** @module A panel of the overview: a heading, what it counts, and its content. */
import type { ComponentChildren } from "preact";

export interface PanelProps {
  readonly title: string;
  readonly note?: string | undefined;
  /** As wide as the page, for tables. */
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, isWide = false, children }: PanelProps) {
  return (
    <section class="card panel" data-wide={isWide ? "" : undefined} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note ? <span class="faint">{note}</span> : null}
      </header>
      {children}
    </section>
  );
}

export interface PanelTableProps {
  readonly label: string;
  readonly heads: readonly string[];
  readonly children: ComponentChildren;
}

/** A table that scrolls sideways inside its panel. */
export function PanelTable({ label, heads, children }: PanelTableProps) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={`Table of ${label}`}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
