/** @module What the page of the graph shows, as its address holds it: words, type, the chosen entity, how far its drawing reaches. */

/** Stands for the entities without a type. */
export const NO_TYPE = "-";
export const DEPTHS = [1, 2, 3] as const;
export type Depth = (typeof DEPTHS)[number];

export interface GraphView {
  readonly q: string;
  /** `-`: those without one; "": any. */
  readonly type: string;
  readonly entity: string | null;
  readonly depth: Depth;
}

export function graphView(search: string): GraphView {
  const parameters = new URLSearchParams(search);
  return {
    q: parameters.get("q") ?? "",
    type: parameters.get("type") ?? "",
    entity: parameters.get("entity"),
    depth: DEPTHS.find((depth) => String(depth) === parameters.get("depth")) ?? 1,
  };
}

/** Address with the same words, and this entity chosen; null: none. */
export function graphHref(search: string, entity: string | null): string {
  const parameters = new URLSearchParams(search);
  if (entity === null) parameters.delete("entity");
  else parameters.set("entity", entity);
  const text = parameters.toString();
  return `/memory/graph${text ? `?${text}` : ""}`;
}
