import { isDeepStrictEqual } from 'node:util';
import { collected, ColumnTarget } from '../../src/codec/column-target.js';
import type { DecodeColumns } from '../../src/codec/column-interpreter.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import type { RowObject, RowPosition } from '../../src/codec/row.js';
import { Rows } from '../../src/codec/rows.js';
import type { ValueSettings } from '../../src/codec/value-options.js';
import { type Page, type Reading, readPage } from './reading.js';
import { Violation } from './violation.js';

/** So many rows that it is worth it to generate code. */
const MANY = 10_000;

/** Reads a page in the ways that differ from the one in which it was read, and compares: generated, and as columns. */
export function compareDecoders({ page }: Reading, values: ValueSettings): void {
  if (page === undefined) return;
  const rows = withCompiled(page.rows, values);
  compareRows(rows, page);
  const { columnDecoders } = rows.described;
  // As a page reads them: what generated code cannot read, the interpreter reads again, and says what is wrong.
  const again = readPage(rows);
  if (!isDeepStrictEqual([again.objects, again.failure?.message], [page.objects, page.failure?.message])) {
    throw new Violation('Once code has been generated, a page is read as something else.');
  }
  compareColumnar(rows, page);
  compareColumns('interpreter', rows, page, columnDecoders.interpret);
  compareColumns('generated code', rows, page, columnDecoders.bestFor(MANY));
}

/** What was generated lately, by what it is for: most inputs are pages of few descriptions. */
const compiled = new Map<string, ResultColumns>();
const MAX_COMPILED = 200;
const settingsIds = new Map<ValueSettings, number>();

/** The same rows, with columns that may have been those of an earlier input: they are shared by a page and the next, too. */
function withCompiled(rows: Rows, values: ValueSettings): Rows {
  const { described, rowCount, buffer, start, end } = rows;
  const id = settingsIds.get(values) ?? settingsIds.size;
  settingsIds.set(values, id);
  const key = `${id} ${described.hasGlobalTable} ${described.columns.length} ${described.description.toString('latin1')}`;
  let columns = compiled.get(key);
  if (columns === undefined) {
    if (compiled.size === MAX_COMPILED) compiled.clear();
    columns = new ResultColumns(described.columns, described.description, described.hasGlobalTable, values);
    compiled.set(key, columns);
  }
  return new Rows(columns, rowCount, buffer, start, end);
}

function compareRows(rows: Rows, { objects, failure }: Page): void {
  const decode = rows.described.rowDecoders.bestFor(MANY);
  const { page } = rows.cursor();
  const { buffer, view, start, end } = rows;
  const at: RowPosition = { buffer, view, end, page, position: start };
  const found: RowObject[] = [];
  let hasFailed = false;
  try {
    while (found.length < rows.rowCount) found.push(decode(at));
  } catch {
    hasFailed = true;
  }
  if (hasFailed !== (failure !== undefined) || found.length !== objects.length) {
    throw new Violation('Generated code and the interpreter do not read the same rows.');
  }
  for (const [i, object] of found.entries()) {
    const other = objects[i]!;
    if (!isDeepStrictEqual(object, other) || Object.keys(object).join() !== Object.keys(other).join()) {
      throw new Violation('Generated code reads another row than the interpreter.');
    }
  }
}

/** All at once, by the class that a page has for it. */
function compareColumnar(rows: Rows, { failure }: Page): void {
  let reason: unknown;
  try {
    rows.columnar();
  } catch (error) {
    reason = error;
  }
  if ((reason as Error | undefined)?.message !== failure?.message) {
    throw new Violation('A page of columns does not fail as its rows do.', reason);
  }
}

function compareColumns(which: string, rows: Rows, { objects, failure }: Page, decode: DecodeColumns): void {
  const { columns, rowCount } = rows;
  const targets = collected(columns).map(({ codec }) => new ColumnTarget(codec, rowCount));
  let hasFailed = false;
  try {
    decode(rows, targets);
  } catch {
    hasFailed = true;
  }
  if (hasFailed !== (failure !== undefined)) {
    throw new Violation(`Rows and columns, by the ${which}, do not fail together.`);
  }
  if (hasFailed) return;
  const last = new Map(columns.map(({ name }, i) => [name, i]));
  for (const [name, i] of last) {
    const { values, valid } = targets[i]!;
    for (const [row, object] of objects.entries()) {
      const value = valid?.[row] === 0 ? null : values[row];
      const ofRow = object[name];
      const expected = ofRow instanceof Date && typeof value === 'number' ? ofRow.getTime() : ofRow;
      if (!isDeepStrictEqual(value, expected)) {
        throw new Violation(`A column, by the ${which}, holds another value than the row.`);
      }
    }
  }
}
