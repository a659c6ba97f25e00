/** @module A tree as indented lines with branches. */

export interface TreeLike<Node> {
  readonly children: readonly Node[];
}

/** Every node with the branch signs that stand before it, parents first. */
export function treeLines<Node extends TreeLike<Node>>(
  root: Node,
): readonly { readonly branch: string; readonly node: Node }[] {
  const lines: { branch: string; node: Node }[] = [];
  const visit = (node: Node, branch: string, below: string): void => {
    lines.push({ branch, node });
    node.children.forEach((child, index) => {
      const last = index === node.children.length - 1;
      visit(child, below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    });
  };
  visit(root, "", "");
  return lines;
}
