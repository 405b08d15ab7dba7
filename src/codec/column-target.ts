import type { ColumnSpec } from './column-spec.js';
import type { ValueCodec } from './value.js';
import { double, float } from './values/floats.js';
import { bigint, bigintAsNumber } from './values/int64.js';
import { int, smallint, tinyint } from './values/integers.js';
import { timestamp, timestampAsBigint, timestampAsNumber, timestampInColumn } from './values/timestamp.js';

/** What numbers of one kind are collected in. */
export type NumberArray = Int32Array | Float32Array | Float64Array | BigInt64Array;

const NUMBERS: ReadonlyMap<ValueCodec, new (length: number) => NumberArray> = new Map<
  ValueCodec,
  new (length: number) => NumberArray
>([
  [tinyint, Int32Array],
  [smallint, Int32Array],
  [int, Int32Array],
  [float, Float32Array],
  [double, Float64Array],
  [bigintAsNumber, Float64Array],
  [timestampAsNumber, Float64Array],
  [timestampInColumn, Float64Array],
  [bigint, BigInt64Array],
  [timestampAsBigint, BigInt64Array],
]);

/** The columns as they are collected: of what is a Date in a row, the number that it is made of. */
export function collected(columns: readonly ColumnSpec[]): readonly ColumnSpec[] {
  return columns.map((column) => (column.codec === timestamp ? { ...column, codec: timestampInColumn } : column));
}

/** Where the values of one column are collected. A row takes bytes in the response for each of them, which bounds what is asked for here. */
export class ColumnTarget {
  readonly values: unknown[] | NumberArray;
  /** A byte a row, 1 where there is a value; undefined as long as there is one in every row. */
  valid: Uint8Array | undefined;
  private readonly rowCount: number;

  constructor(codec: ValueCodec, rowCount: number) {
    const Numbers = NUMBERS.get(codec);
    this.values = Numbers === undefined ? new Array<unknown>(rowCount) : new Numbers(rowCount);
    this.valid = undefined;
    this.rowCount = rowCount;
  }

  /** The same memory, if it holds integers of 64 bits, as pairs of 32: those cost no object each. */
  get halves(): Int32Array | undefined {
    return this.values instanceof BigInt64Array ? new Int32Array(this.values.buffer) : undefined;
  }

  /** Takes the value of a row, null if there is none. */
  put(row: number, value: unknown): void {
    if (value === null) this.missing(row);
    if (value !== null || Array.isArray(this.values)) this.values[row] = value;
  }

  /** Notes that a row has no value. */
  missing(row: number): void {
    this.valid ??= new Uint8Array(this.rowCount).fill(1);
    this.valid[row] = 0;
  }
}

/** What columns are collected in, as far as their codecs tell. */
export type TargetKind = 'int64' | 'number' | 'any';

export function targetKind(codec: ValueCodec): TargetKind {
  const Numbers = NUMBERS.get(codec);
  return Numbers === undefined ? 'any' : Numbers === BigInt64Array ? 'int64' : 'number';
}
