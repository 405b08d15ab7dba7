import type { DecodeColumns } from './column-interpreter.js';
import type { ColumnSpec } from './column-spec.js';
import { targetKind } from './column-target.js';
import { cellsBefore, generate, readCell } from './generated.js';
import { HIGH_HALF, LOW_HALF } from './reader.js';

/**
 * Makes a function that reads rows of these columns into a target a column: what {@link interpretColumns} does, with a place
 * of its own for every cell.
 *
 * For `id int, name text`:
 *
 * ```js
 * (rows, targets) => {
 *   const b = rows.buffer, v = rows.view, end = rows.end, rowCount = rows.rowCount;
 *   let p = rows.start, n = 0, e = 0, x = null;
 *   const t0 = targets[0], a0 = t0.values, h0 = t0.halves;
 *   const t1 = targets[1], a1 = t1.values, h1 = t1.halves;
 *   let q1 = 0, m1 = 0, v1 = null;
 *   for (let row = 0; row < rowCount; row++) {
 *     n = v.getInt32(p); p += 4;
 *     if (n === 4) { a0[row] = r0(v, p); p += 4; } else if (n > 0) fail(); else { t0.missing(row); }
 *     n = v.getInt32(p); p += 4;
 *     if (n >= 0) {
 *       e = p + n; if (e > end) fail();
 *       x = m1 === 8 ? r1(b, p, e) : isRepeated(v, p, n, q1) ? (m1 = 0, v1) : (v1 = r1(b, p, e), q1 = p, m1++, v1);
 *       if (x === null) t1.missing(row); a1[row] = x; p = e;
 *     } else { t1.missing(row); a1[row] = null; }
 *     if (p > end) fail();
 *   }
 * }
 * ```
 */
export function compileColumns(columns: readonly ColumnSpec[]): DecodeColumns | undefined {
  return generate(columns, 'rows, targets', () =>
    [
      'const b = rows.buffer, v = rows.view, end = rows.end, rowCount = rows.rowCount;',
      'let p = rows.start, n = 0, e = 0, x = null;',
      ...columns.map((_, i) => `const t${i} = targets[${i}], a${i} = t${i}.values, h${i} = t${i}.halves;`),
      cellsBefore(columns),
      'for (let row = 0; row < rowCount; row++) {',
      ...columns.map(collectCell),
      'if (p > end) fail();',
      '}',
    ].join('\n'),
  );
}

function collectCell(column: ColumnSpec, i: number): string {
  switch (targetKind(column.codec)) {
    case 'int64':
      return readCell(
        column,
        i,
        () => `h${i}[2 * row + ${HIGH_HALF}] = v.getInt32(p); h${i}[2 * row + ${LOW_HALF}] = v.getInt32(p + 4);`,
        `t${i}.missing(row);`,
      );
    case 'number':
      return readCell(column, i, (value) => `a${i}[row] = ${value};`, `t${i}.missing(row);`);
    default:
      return readCell(
        column,
        i,
        (value) => `x = ${value}; if (x === null) t${i}.missing(row); a${i}[row] = x;`,
        `t${i}.missing(row); a${i}[row] = null;`,
      );
  }
}
