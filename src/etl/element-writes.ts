import { type CqlType, formatIdentifier } from '../codec/type.js';
import { BindError } from '../errors.js';
import type { CellTime, CellTimes } from './cell-times.js';
import { updateCql, type Using } from './row-statements.js';
import type { ShapeColumn, TableShape } from './table-shape.js';

/** An element of a set, an entry of a map, or a field of a user-defined type by its place, in the order in which the server has them. */
type Element = unknown;

/**
 * Writes of a set, a map or a user-defined type whose elements are cells of their own. Elements of a set and entries of a map are added;
 * fields are set. To insert the whole would delete what was written before it, elements of the same column among that.
 */
export class ElementWrites {
  private readonly column: ShapeColumn;
  private readonly type: CqlType;
  private readonly keys: readonly ShapeColumn[];
  private readonly times: CellTimes;

  constructor(column: ShapeColumn, type: CqlType, keys: readonly ShapeColumn[], times: CellTimes) {
    this.column = column;
    this.type = type;
    this.keys = keys;
    this.times = times;
  }

  cql(shape: TableShape, using: readonly Using[]): string {
    const { column, type, keys } = this;
    const name = formatIdentifier(column.name);
    const assignments =
      type.kind === 'udt'
        ? type.fields.map((field) => `${name}.${formatIdentifier(field.name)} = ?`)
        : [`${name} = ${name} + ?`];
    return updateCql(shape, assignments, keys, using);
  }

  /** The values of as many statements as there are times. @throws BindError */
  of(row: Readonly<Record<string, unknown>>, key: readonly unknown[]): unknown[][] {
    const { column, times } = this;
    const value = row[column.name] ?? null;
    if (value === null) return [];
    const elements = this.elementsOf(value);
    const all = times.of(row, column.name);
    const present = elements.map((element, i) => ({ element, i })).filter(({ element }) => element !== undefined);
    const timeOf = (i: number): CellTime => ({
      writetime: this.nth(all.writetime, i, elements.length),
      ttl: this.nth(all.ttl, i, elements.length),
    });
    return times
      .grouped(present, ({ i }) => timeOf(i))
      .map(({ items, time }) => [
        ...times.values(time),
        ...this.assigned(value, items.map(({ i }) => i), elements), // prettier-ignore
        ...key,
      ]);
  }

  /** Undefined for fields that are null. */
  private elementsOf(value: unknown): Element[] {
    const { type, column } = this;
    if (type.kind === 'udt') {
      const fields = value as Readonly<Record<string, unknown>>;
      return type.fields.map(({ name }) => fields[name] ?? undefined);
    }
    if (value instanceof Map || value instanceof Set || Array.isArray(value)) return [...(value as Iterable<unknown>)];
    throw new BindError(
      `The times of the elements of ${JSON.stringify(column.name)} cannot be told: the properties of an object have another order than ` +
        'the entries of a map. Read with a session whose maps are Maps.',
      { column: column.name },
    );
  }

  private assigned(value: unknown, places: readonly number[], elements: readonly Element[]): unknown[] {
    if (this.type.kind === 'udt') return elements.map((element, i) => (places.includes(i) ? element : undefined));
    const some = places.map((i) => elements[i]!);
    if (value instanceof Map) return [new Map(some as [unknown, unknown][])];
    return [value instanceof Set ? new Set(some) : some];
  }

  /** The time of one of them. @throws BindError if there are more times than elements, or fewer: nobody knows which is whose. */
  private nth(list: unknown, i: number, count: number): unknown {
    if (list === undefined) return undefined;
    if (Array.isArray(list) && list.length === count) return list[i] as unknown;
    const { name } = this.column;
    throw new BindError(
      `The times of the elements of ${JSON.stringify(name)} cannot be told: they are not as many as there are elements.`,
      { column: name },
    );
  }
}
