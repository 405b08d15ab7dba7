import type { SchemaTree } from 'hyparquet';
import { templateOf } from '../../codec/own.js';
import type { CqlType } from '../../codec/type.js';
import { Duration } from '../../codec/values/duration.js';
import { leafValue, leafValueAs } from './leaf-value.js';
import { shapeOf } from './parquet-shape.js';
import { tupleField } from './parquet-schema.js';

/**
 * Makes values of a column, or of a part of it.
 *
 * hyparquet gives what a row has in a leaf as Arrays, one around another: for each optional group on the way to it an Array that is empty where there is
 * none, for each repeated node one of all that are there. `read` is given one such *slot* for each of its leaves, from `at` on.
 */
export interface ColumnReader {
  readonly type: CqlType;
  /** How many leaves it reads. */
  readonly leaves: number;
  read(slots: ArrayLike<unknown>, at: number): unknown;
}

/** The reader of a column. A type that the values had when they were written is kept where the schema can still hold them. */
export function columnReader(node: SchemaTree, hint?: CqlType): ColumnReader {
  if (node.element.repetition_type === 'REPEATED') return repeatedReader(required(node, elementOf(hint)), hint);
  return repeatable(node, hint);
}

/** A node that may be optional. */
function repeatable(node: SchemaTree, hint: CqlType | undefined): ColumnReader {
  const reader = required(node, hint);
  if (node.children.length === 0 || node.element.repetition_type !== 'OPTIONAL') return reader;
  return {
    ...reader,
    read: (slots, at) => {
      const inner: unknown[] = [];
      for (let i = at; i < at + reader.leaves; i++) {
        const slot = arrayOf(slots[i]);
        if (slot.length === 0) return null;
        inner.push(slot[0]);
      }
      return reader.read(inner, 0);
    },
  };
}

function required(node: SchemaTree, hint: CqlType | undefined): ColumnReader {
  const shape = shapeOf(node);
  switch (shape.kind) {
    case 'leaf': {
      const { type, convert } = (hint && leafValueAs(shape.element, hint)) ?? leafValue(shape.element);
      return { type, leaves: 1, read: (slots, at) => (slots[at] === null ? null : convert(present(slots[at]))) };
    }
    case 'list': {
      const item = shape.isItemRepeated ? required : columnReader;
      return repeatedReader(item(shape.item, elementOf(hint)), hint);
    }
    case 'map': {
      const { key: keyHint, value: valueHint } = (hint?.kind === 'map' ? hint : {}) as {
        key?: CqlType;
        value?: CqlType;
      };
      return mapReader(columnReader(shape.key, keyHint), columnReader(shape.value, valueHint));
    }
    case 'group':
      return groupReader(node.element.name, shape.children, hint);
  }
}

/** What is no null and yet not there was announced by a file that does not have it. */
function present(stored: unknown): unknown {
  if (stored === undefined) throw new RangeError('A value that is announced is not there.');
  return stored;
}

/** hyparquet has a null for a repeated leaf without items. */
function arrayOf(slot: unknown): ArrayLike<unknown> {
  if (slot === null) return [];
  if (!Array.isArray(slot) && !ArrayBuffer.isView(slot))
    throw new RangeError('The leaves of a group do not go together.');
  return slot as unknown as ArrayLike<unknown>;
}

function elementOf(hint: CqlType | undefined): CqlType | undefined {
  return hint?.kind === 'list' || hint?.kind === 'set' || hint?.kind === 'vector' ? hint.element : undefined;
}

/** Calls `item` for each of the items that `leaves` slots have together. */
function forItems(
  slots: ArrayLike<unknown>,
  at: number,
  leaves: number,
  item: (slots: ArrayLike<unknown>) => void,
): void {
  const arrays = Array.from({ length: leaves }, (_, i) => arrayOf(slots[at + i]));
  const { length } = arrays[0]!;
  if (arrays.some((array) => array.length !== length))
    throw new RangeError('The leaves of a group do not go together.');
  for (let i = 0; i < length; i++) item(arrays.map((array) => array[i]));
}

function repeatedReader(item: ColumnReader, hint: CqlType | undefined): ColumnReader {
  const { leaves } = item;
  const type = ((): CqlType => {
    if (hint?.kind === 'vector') return { kind: 'vector', element: item.type, dimensions: hint.dimensions };
    return { kind: hint?.kind === 'set' ? 'set' : 'list', element: item.type };
  })();
  const collected = collector(type);
  return {
    type,
    leaves,
    read: (slots, at) => {
      const items: unknown[] = [];
      forItems(slots, at, leaves, (inner) => items.push(item.read(inner, 0)));
      return collected(items);
    },
  };
}

function collector(type: CqlType): (items: unknown[]) => unknown {
  if (type.kind === 'vector' && type.element.kind === 'float') return (items) => Float32Array.from(items as number[]);
  if (type.kind !== 'set') return (items) => items;
  return (items) => {
    const set = new Set(items);
    // A Set takes 0 and -0 for the same: both are bound from an Array.
    return set.size === items.length ? set : items;
  };
}

function mapReader(key: ColumnReader, value: ColumnReader): ColumnReader {
  const leaves = key.leaves + value.leaves;
  return {
    type: { kind: 'map', key: key.type, value: value.type },
    leaves,
    read: (slots, at) => {
      const pairs: [unknown, unknown][] = [];
      forItems(slots, at, leaves, (inner) => pairs.push([key.read(inner, 0), value.read(inner, key.leaves)]));
      const map = new Map(pairs);
      return map.size === pairs.length ? map : pairs;
    },
  };
}

function groupReader(name: string, children: readonly SchemaTree[], hint: CqlType | undefined): ColumnReader {
  const names = children.map(({ element }) => element.name);
  const isTuple =
    hint?.kind === 'tuple' &&
    isSame(
      names,
      hint.elements.map((_, i) => tupleField(i)),
    );
  const fieldHint = (field: string, i: number): CqlType | undefined => {
    if (hint?.kind === 'udt') return hint.fields.find((each) => each.name === field)?.type;
    return isTuple ? hint.elements[i] : undefined;
  };
  const readers = children.map((child, i) => columnReader(child, fieldHint(names[i]!, i)));
  const leaves = readers.reduce((sum, reader) => sum + reader.leaves, 0);
  const values = (slots: ArrayLike<unknown>, at: number): unknown[] => {
    let next = at;
    return readers.map((reader) => {
      const value = reader.read(slots, next);
      next += reader.leaves;
      return value;
    });
  };
  if (isTuple) return { type: { kind: 'tuple', elements: readers.map(({ type }) => type) }, leaves, read: values };
  if (hint?.kind === 'duration' && isSame(names, ['months', 'days', 'nanoseconds'])) {
    return {
      type: hint,
      leaves,
      read: (slots, at) => new Duration(...(values(slots, at) as [number, number, bigint])),
    };
  }
  const template = templateOf(names);
  const fields = names.map((field, i) => ({ name: field, type: readers[i]!.type }));
  const known = hint?.kind === 'udt' ? hint : { keyspace: '', name };
  return {
    type: { kind: 'udt', keyspace: known.keyspace, name: known.name, fields },
    leaves,
    read: (slots, at) => {
      const object = { ...template };
      values(slots, at).forEach((value, i) => (object[names[i]!] = value));
      return object;
    },
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
