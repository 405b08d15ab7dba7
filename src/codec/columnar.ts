import type { ColumnSpec } from './column-spec.js';
import { getI32 } from './reader.js';
import { beyondResponse, cellError } from './row.js';
import type { Decoder, FixedValue, ValueCodec } from './value.js';
import { double, float } from './values/floats.js';
import { bigint, bigintAsNumber } from './values/int64.js';
import { int, smallint, tinyint } from './values/integers.js';
import { wrongLength } from './values/length.js';
import { timestampAsBigint, timestampAsNumber } from './values/timestamp.js';

/** The rows of a response as columns. */
export interface Columnar {
  readonly rowCount: number;
  readonly columns: readonly ColumnValues[];
}

export interface ColumnValues {
  readonly name: string;
  readonly type: string;
  /** One a row; 0 or null where there is none. */
  readonly values: unknown[] | NumberArray;
  /** A byte a row, 1 where there is a value; absent if all rows have one. */
  readonly valid?: Uint8Array;
}

/** Rows that are still bytes. */
interface RowBytes {
  readonly described: { readonly columns: readonly ColumnSpec[] };
  readonly rowCount: number;
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What numbers of one kind are collected in. */
type NumberArray = Int32Array | Float32Array | Float64Array | BigInt64Array;

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
  [bigint, BigInt64Array],
  [timestampAsBigint, BigInt64Array],
]);

/** @throws DecodeError at a cell that cannot be read. */
export function readColumnar(rows: RowBytes): Columnar {
  const { columns } = rows.described;
  const { rowCount, buffer } = rows;
  const places = locateCells(rows, columns);
  return {
    rowCount,
    columns: columns.map((column, i) => {
      const cells: Cells = { buffer, places, first: i, step: columns.length, count: rowCount };
      try {
        return { name: column.name, type: column.type, ...readColumn(cells, column.codec) };
      } catch (cause) {
        throw cellError(column, cause);
      }
    }),
  };
}

/** Where each cell begins, with its length; row after row. All lie within the response. */
function locateCells({ buffer, start, end, rowCount }: RowBytes, columns: readonly ColumnSpec[]): Uint32Array {
  const places = new Uint32Array(rowCount * columns.length);
  let position = start;
  for (let i = 0; i < places.length; i++) {
    places[i] = position;
    const length = getI32(buffer, position);
    position += length > 0 ? length + 4 : 4;
    if (position > end) throw cellError(columns[i % columns.length]!, beyondResponse());
  }
  return places;
}

/** The cells of one column: every `step`th of all. */
interface Cells {
  readonly buffer: Buffer;
  readonly places: Uint32Array;
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

type Values = Pick<ColumnValues, 'values' | 'valid'>;

function readColumn(cells: Cells, codec: ValueCodec): Values {
  const NumberArray = NUMBERS.get(codec);
  return NumberArray === undefined || codec.fixed === undefined
    ? readAny(cells, codec.decode)
    : readNumbers(cells, codec.fixed, new NumberArray(cells.count));
}

function readNumbers({ buffer, places, first, step, count }: Cells, fixed: FixedValue, values: NumberArray): Values {
  const { length, read } = fixed;
  let valid: Uint8Array | undefined;
  for (let row = 0, cell = first; row < count; row++, cell += step) {
    const at = places[cell]!;
    const actual = getI32(buffer, at);
    if (actual === length) {
      values[row] = read(buffer, at + 4) as number;
    } else if (actual <= 0) {
      valid ??= new Uint8Array(count).fill(1);
      valid[row] = 0;
    } else {
      throw wrongLength(length, actual);
    }
  }
  return valid === undefined ? { values } : { values, valid };
}

function readAny({ buffer, places, first, step, count }: Cells, decode: Decoder): Values {
  const values: unknown[] = [];
  let valid: Uint8Array | undefined;
  for (let row = 0, cell = first; row < count; row++, cell += step) {
    const at = places[cell]! + 4;
    const length = getI32(buffer, at - 4);
    const value = length < 0 ? null : decode(buffer, at, at + length);
    if (value === null) {
      valid ??= new Uint8Array(count).fill(1);
      valid[row] = 0;
    }
    values.push(value);
  }
  return valid === undefined ? { values } : { values, valid };
}
