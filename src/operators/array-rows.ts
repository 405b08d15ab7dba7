import type { RowCursor, RowSource } from './page.js';

/** Rows that are there already. What made taking them out fail stands for one more row, which cannot be read. */
export class ArrayRows<T> implements RowSource<T> {
  readonly rowCount: number;
  private readonly values: readonly T[];
  private readonly failure: { readonly error: unknown } | undefined;

  private constructor(values: readonly T[], failure?: { readonly error: unknown }) {
    this.values = values;
    this.failure = failure;
    this.rowCount = values.length + (failure === undefined ? 0 : 1);
  }

  /** Takes the rows out of an iterable; an Array is kept as it is. */
  static from<T>(rows: Iterable<T>): ArrayRows<T> {
    if (Array.isArray(rows)) return new ArrayRows(rows as readonly T[]);
    const values: T[] = [];
    const iterator = rows[Symbol.iterator]();
    try {
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) values.push(next.value);
    } catch (error) {
      return new ArrayRows(values, { error });
    }
    return new ArrayRows(values);
  }

  cursor(): RowCursor<T> {
    const { values, failure } = this;
    let next = 0;
    return {
      next: () => {
        if (next < values.length) return values[next++]!;
        throw failure === undefined ? new RangeError('The rows have become fewer meanwhile.') : failure.error;
      },
    };
  }
}
