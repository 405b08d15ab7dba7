import type { ColumnSpec } from './column-spec.js';

// Code that is generated for the columns of a result. All that enters it are numbers and JSON strings.

/** A function of more columns than this is larger than the engine optimises. */
const MAX_COLUMNS = 200;

/** Names of more characters than this in all take longer to compile than their rows to read. */
const MAX_NAMES = 32 * 1024;

/**
 * A function with this body, in which `r0`, `r1`, … read the values of the columns, and `isRepeated` and `fail` mean what they say.
 * What `state` declares, it keeps from call to call. Undefined where code may not be generated (`--disallow-code-generation-from-strings`), or would be too long.
 */
export function generate<F>(
  columns: readonly ColumnSpec[],
  parameters: string,
  body: () => string,
  state = '',
): F | undefined {
  if (columns.length > MAX_COLUMNS) return undefined;
  if (columns.reduce((sum, { name }) => sum + name.length, 0) > MAX_NAMES) return undefined;
  const readers = columns.map(({ codec }) => codec.fixed?.view ?? codec.fixed?.read ?? codec.decode);
  const names = readers.map((_, i) => `r${i}`);
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a function a result is what makes rows quick
    const make = new Function(
      'isRepeated',
      'fail',
      ...names,
      `'use strict'; ${state} return (${parameters}) => {\n${body()}\n};`,
    ) as (...args: readonly unknown[]) => F;
    return make(isRepeated, fail, ...readers);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** What is wrong is told by the function that does the same without being generated. */
function fail(): never {
  throw new RangeError('A row cannot be read.');
}

/** Of longer values, it does not cost much more to make them again than to compare them. */
const MAX_REPEATED = 64;

/** After so many values in a row that were not repeated, no more is looked for in a page: of a column that is a key, all differ. */
const MAX_MISSES = 8;

/**
 * Whether the bytes at `at` are those of the cell before, which began at `before`, its length in front of it; 0 where there is none. Texts
 * that are numbered differ at their ends.
 */
function isRepeated(v: DataView, at: number, length: number, before: number): boolean {
  if (before === 0 || length > MAX_REPEATED || v.getInt32(before - 4) !== length) return false;
  let left = length;
  while (left >= 4 && v.getInt32(at + left - 4) === v.getInt32(before + left - 4)) left -= 4;
  if (left >= 4) return false;
  while (left > 0 && v.getUint8(at + left - 1) === v.getUint8(before + left - 1)) left--;
  return left === 0;
}

/**
 * The cell of the row before, of each column whose values can be given out twice: `q1`, where it began, `v1`, its value, and `m1`, how many
 * were not repeated since the last one that was. Rows of a partition lie one behind the other, and have its key in common.
 */
export function cellsBefore(columns: readonly ColumnSpec[]): string {
  return columns
    .map(({ codec }, i) => (codec.isReusable === true ? `let q${i} = 0, m${i} = 0, v${i} = null;` : ''))
    .join(' ');
}

/** Forgets them: they lie in other bytes. */
export function forgetCellsBefore(columns: readonly ColumnSpec[]): string {
  return columns.map(({ codec }, i) => (codec.isReusable === true ? `q${i} = 0; m${i} = 0;` : '')).join(' ');
}

/**
 * Reads the cell of column `i` at `p` of the buffer `b`, of which `v` is a view. `found` says what is done with a value, `missing` with null or an
 * empty value.
 *
 * A value of one length may be read beyond `end`, which is noticed later, or by the view if it lies beyond all bytes; nothing is allocated
 * by a length that has not been compared with it.
 */
export function readCell(
  { codec: { fixed, isReusable } }: ColumnSpec,
  i: number,
  found: (value: string) => string,
  missing = '',
): string {
  const length = 'n = v.getInt32(p); p += 4;';
  const read = fixed === undefined ? `r${i}(b, p, e)` : fixed.view === undefined ? `r${i}(b, p)` : `r${i}(v, p)`;
  const value =
    isReusable === true
      ? `m${i} === ${MAX_MISSES} ? ${read} : isRepeated(v, p, n, q${i}) ? (m${i} = 0, v${i}) : (v${i} = ${read}, q${i} = p, m${i}++, v${i})`
      : read;
  return fixed === undefined
    ? `${length}
       if (n >= 0) { e = p + n; if (e > end) fail(); ${found(value)} p = e; } else { ${missing} }`
    : `${length}
       if (n === ${fixed.length}) { ${found(value)} p += ${fixed.length}; } else if (n > 0) fail(); else { ${missing} }`;
}
