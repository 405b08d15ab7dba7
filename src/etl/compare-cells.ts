import { isDeepStrictEqual } from 'node:util';
import type { ColumnSpec } from '../codec/column-spec.js';
import type { CqlType } from '../codec/type.js';
import { valueCodec } from '../codec/value-codec.js';
import { mayLackFields } from '../codec/values/missing-fields.js';
import { Writer } from '../codec/writer.js';
import type { Cells } from './row-cells.js';

/** In which of the columns two rows differ. */
export function differing(
  places: readonly number[],
  source: Cells,
  target: Cells,
  columns: readonly ColumnSpec[],
  others: readonly ColumnSpec[],
): number[] {
  return places.filter((i) => {
    const cell = source[i] ?? null;
    const other = target[i] ?? null;
    if (cell === null || other === null) return cell !== other;
    return !cell.equals(other) && !isSameValue(cell, columns[i]!, other, others[i]!);
  });
}

/**
 * Whether bytes that differ are the same value all the same: a user-defined type that was written before it had all of its fields lacks them at
 * its end, and what is encrypted may be so differently each time.
 */
function isSameValue(cell: Buffer, column: ColumnSpec, other: Buffer, otherColumn: ColumnSpec): boolean {
  try {
    if (column.codec.isRandomized === true || otherColumn.codec.isRandomized === true) {
      return isDeepStrictEqual(decoded(cell, column), decoded(other, otherColumn));
    }
    return mayLackFields(column.cqlType) && whole(cell, column.cqlType).equals(whole(other, otherColumn.cqlType));
  } catch {
    // What cannot be read is the same as nothing else.
    return false;
  }
}

/** A value with all of its fields. Codecs of the user's have no say: two values may look the same to them. */
function whole(cell: Buffer, type: CqlType): Buffer {
  const codec = valueCodec(type);
  const { buffer, start, end } = new Writer().encode(0, (writer) => {
    codec.encode(writer, codec.decode(cell, 0, cell.length));
  });
  return buffer.subarray(start, end);
}

export function decoded(cell: Buffer | null, { codec }: ColumnSpec): unknown {
  return cell === null ? null : codec.decode(cell, 0, cell.length);
}
