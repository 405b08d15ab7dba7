import type { Page } from 'rxcql';
import { Reader } from '../../src/codec/reader.js';
import { Rows } from '../../src/codec/rows.js';

/** The bytes of every cell of a page, as the server sent them: what a decoder makes of them plays no part. */
export function rawCells(page: Page): (Buffer | null)[][] {
  const rows: unknown = page.rows;
  if (!(rows instanceof Rows)) throw new TypeError('A page keeps its rows in another form now.');
  const reader = new Reader(rows.buffer, rows.start, rows.end);
  page.skip();
  return Array.from({ length: rows.rowCount }, () => rows.columns.map(() => reader.bytes()));
}
