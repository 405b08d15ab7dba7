import type { ColumnSpec } from './column-spec.js';
import { getI32 } from './reader.js';

// Code that is generated for the columns of a result. All that enters it are numbers and JSON strings.

/** A function of more columns than this is larger than the engine optimises. */
const MAX_COLUMNS = 200;

/** Names of more characters than this in all take longer to compile than their rows to read. */
const MAX_NAMES = 32 * 1024;

/**
 * A function with this body, in which `r0`, `r1`, … read the values of the columns, and `getI32` and `fail` mean what they say.
 * Undefined where code may not be generated (`--disallow-code-generation-from-strings`), or would be too long.
 */
export function generate<F>(columns: readonly ColumnSpec[], parameters: string, body: () => string): F | undefined {
  if (columns.length > MAX_COLUMNS) return undefined;
  if (columns.reduce((sum, { name }) => sum + name.length, 0) > MAX_NAMES) return undefined;
  const readers = columns.map(({ codec }) => codec.fixed?.read ?? codec.decode);
  const names = readers.map((_, i) => `r${i}`);
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a function a result is what makes rows quick
    const make = new Function(
      'getI32',
      'fail',
      ...names,
      `'use strict'; return (${parameters}) => {\n${body()}\n};`,
    ) as (...args: readonly unknown[]) => F;
    return make(getI32, fail, ...readers);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** What is wrong is told by the function that does the same without being generated. */
function fail(): never {
  throw new RangeError('A row cannot be read.');
}

/**
 * Reads the cell of column `i` at `p` of the buffer `b`. `found` says what is done with a value, `missing` with null or an
 * empty value.
 *
 * A value of one length may be read beyond `end`, which costs nothing and is noticed later; nothing is allocated by a length
 * that has not been compared with it.
 */
export function readCell(
  { codec: { fixed } }: ColumnSpec,
  i: number,
  found: (value: string) => string,
  missing = '',
): string {
  // Not a call: what the engine puts in the place of a call is limited, and better spent on the values.
  const length = 'n = b[p] << 24 | b[p + 1] << 16 | b[p + 2] << 8 | b[p + 3]; p += 4;';
  return fixed === undefined
    ? `${length}
       if (n >= 0) { e = p + n; if (e > end) fail(); ${found(`r${i}(b, p, e)`)} p = e; } else { ${missing} }`
    : `${length}
       if (n === ${fixed.length}) { ${found(`r${i}(b, p)`)} p += ${fixed.length}; } else if (n > 0) fail(); else { ${missing} }`;
}
