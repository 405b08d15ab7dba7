import type { SchemaElement, SchemaTree } from 'hyparquet';

/** What a part of a schema stands for. */
export type Shape =
  | { readonly kind: 'leaf'; readonly element: SchemaElement }
  | { readonly kind: 'list'; readonly item: SchemaTree; readonly isItemRepeated: boolean }
  | { readonly kind: 'map'; readonly key: SchemaTree; readonly value: SchemaTree }
  | { readonly kind: 'group'; readonly children: readonly SchemaTree[] };

/** The shape of a node, whatever its own repetition. */
export function shapeOf(node: SchemaTree): Shape {
  const { children, element } = node;
  if (children.length === 0) return { kind: 'leaf', element };
  const [only] = children;
  if (children.length === 1 && only!.element.repetition_type === 'REPEATED') {
    const annotation = element.converted_type ?? element.logical_type?.type;
    if (annotation === 'LIST') return listOf(node, only!);
    if (annotation === 'MAP' || annotation === 'MAP_KEY_VALUE') {
      const [key, value] = only!.children;
      if (only!.children.length === 2) return { kind: 'map', key: key!, value: value! };
    }
  }
  return { kind: 'group', children };
}

/**
 * The repeated node is the item itself where older writers left the level between out: where it is no group, has several fields, or one of the
 * names that they gave it (Parquet, LogicalTypes, "Backward-compatibility rules" of lists).
 */
function listOf({ element }: SchemaTree, repeated: SchemaTree): Shape {
  const { name } = repeated.element;
  const isItem = repeated.children.length !== 1 || name === 'array' || name === `${element.name}_tuple`;
  return isItem
    ? { kind: 'list', item: repeated, isItemRepeated: true }
    : { kind: 'list', item: repeated.children[0]!, isItemRepeated: false };
}
