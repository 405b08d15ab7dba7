import Table from 'cli-table3';
import { columnType } from '../../etl/files/column-type.js';
import { valueText } from '../../etl/values/value-text.js';
import type { Page } from '../../operators/page.js';

/** Control characters would move about on a terminal, or command it. */
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;

/** A page as a table. The page itself is not delivered by that. */
export function pageTable(page: Page<readonly unknown[]>): string {
  const { columns } = page;
  const texts = columns.map((column) => valueText(columnType(column)));
  const table = new Table({
    head: columns.map(({ name }) => shown(name)),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rowsOf(page)) {
    table.push(texts.map((text, i) => (row[i] === null || row[i] === undefined ? 'null' : shown(text(row[i])))));
  }
  return table.toString();
}

/** The next page is asked for when this one has been written, and not before. */
function* rowsOf({ rows }: Page<readonly unknown[]>): Generator<readonly unknown[]> {
  const cursor = rows.cursor();
  for (let left = rows.rowCount; left > 0; left--) yield cursor.next();
}

function shown(text: string): string {
  return text.replace(CONTROL, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
