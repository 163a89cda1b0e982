/** JSON as a tree that can be bent: objects keep repeated keys and their order, and any text may stand where a value should. */

export interface ObjectNode {
  readonly kind: 'object';
  readonly entries: [key: string, value: Node][];
}
export interface ListNode {
  readonly kind: 'list';
  readonly items: Node[];
}
/** Written as it is, sound or not. */
export interface RawNode {
  readonly kind: 'raw';
  readonly text: string;
}
export type Node = ObjectNode | ListNode | RawNode;

export const raw = (text: string): RawNode => ({ kind: 'raw', text });

export const treeOf = (value: unknown): Node => {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (typeof value === 'object' && value !== null)
    return { kind: 'object', entries: Object.entries(value).map(([key, inner]): [string, Node] => [key, treeOf(inner)]) };
  return raw(JSON.stringify(value));
};

/** null where the bytes are no JSON object or list. */
export const readTree = (bytes: Buffer): ObjectNode | ListNode | null => {
  try {
    const tree = treeOf(JSON.parse(bytes.toString('utf8')));
    return tree.kind === 'raw' ? null : tree;
  } catch {
    return null;
  }
};

export const textOf = (node: Node): string => {
  switch (node.kind) {
    case 'raw':
      return node.text;
    case 'list':
      return `[${node.items.map(textOf).join(',')}]`;
    case 'object':
      return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join(',')}}`;
  }
};

/** A place in the tree at which something can be changed. */
export interface Slot {
  readonly parent: ObjectNode | ListNode;
  readonly at: number;
}

export const slotsOf = (tree: ObjectNode | ListNode): Slot[] => {
  const slots: Slot[] = [];
  const visit = (node: Node): void => {
    if (node.kind === 'raw') return;
    const children = node.kind === 'list' ? node.items : node.entries.map(([, value]) => value);
    children.forEach((child, at) => {
      slots.push({ parent: node, at });
      visit(child);
    });
  };
  visit(tree);
  return slots;
};

export const get = ({ parent, at }: Slot): Node => (parent.kind === 'list' ? parent.items[at] : parent.entries[at]?.[1]) ?? raw('null');

export const set = ({ parent, at }: Slot, value: Node): void => {
  if (parent.kind === 'list') parent.items[at] = value;
  else parent.entries[at] = [parent.entries[at]?.[0] ?? '', value];
};

export const remove = ({ parent, at }: Slot): void => {
  if (parent.kind === 'list') parent.items.splice(at, 1);
  else parent.entries.splice(at, 1);
};
