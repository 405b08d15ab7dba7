import { getI32, getText } from '../../codec/reader.js';
import { Rows } from '../../codec/rows.js';

/** Told what was met that cannot be used; the rest is read as if it had not been there. */
export type Warn = (message: string) => void;

/** Rows of a result, one behind the other, that tell of the same element of a keyspace. They stay bytes. */
export interface RowGroup {
  readonly keyspace: string;
  /** What the rows tell of; empty where that is the keyspace itself. */
  readonly name: string;
  readonly rows: Rows;
}

/**
 * Cuts a page where the keyspace or the element changes, reading nothing else: whole schemas are taken in, and few of their
 * rows are ever looked at. What is damaged is left out, with a warning.
 *
 * @param nameColumn The column that names the element; undefined if the rows tell of keyspaces.
 */
export function groupRows(page: Rows, nameColumn: string | undefined, warn: Warn): RowGroup[] {
  const { described, buffer, end, columns } = page;
  const table = `${columns[0]?.keyspace ?? '?'}.${columns[0]?.table ?? '?'}`;
  const keyspaceIndex = columns.findIndex(({ name }) => name === 'keyspace_name');
  const nameIndex = nameColumn === undefined ? -1 : columns.findIndex(({ name }) => name === nameColumn);
  if (keyspaceIndex < 0 || (nameColumn !== undefined && nameIndex < 0)) {
    if (page.rowCount > 0) warn(`${table} has no column that says what its rows are about: they are ignored.`);
    return [];
  }

  const groups: RowGroup[] = [];
  let open: { keyspace: string; name: string; start: number; count: number } | undefined;
  const close = (at: number): void => {
    if (open === undefined) return;
    const { keyspace, name, start, count } = open;
    groups.push({ keyspace, name, rows: new Rows(described, count, buffer, start, at) });
    open = undefined;
  };

  let position = page.start;
  for (let row = 0; row < page.rowCount; row++) {
    const start = position;
    let keyspace: string | undefined;
    let name = nameIndex < 0 ? '' : undefined;
    for (let column = 0; column < columns.length; column++) {
      const length = position + 4 <= end ? getI32(buffer, position) : Infinity;
      const cell = position + 4;
      position = cell + Math.max(length, 0);
      if (position > end) {
        close(start);
        warn(`A page of ${table} is damaged: ${page.rowCount - row} of its rows are ignored.`);
        return groups;
      }
      if (length <= 0) continue;
      if (column === keyspaceIndex) keyspace = getText(buffer, cell, position);
      else if (column === nameIndex) name = getText(buffer, cell, position);
    }
    if (keyspace === undefined || name === undefined) {
      close(start);
      warn(`A row of ${table} does not say what it is about: it is ignored.`);
    } else if (open?.keyspace === keyspace && open.name === name) {
      open.count++;
    } else {
      close(start);
      open = { keyspace, name, start, count: 1 };
    }
  }
  close(position);
  return groups;
}

/** The rows of a group one at a time, so that one that cannot be read leaves the others readable. */
export function* singleRows(rows: Rows): Generator<Rows> {
  const { described, buffer, columns, rowCount } = rows;
  let position = rows.start;
  for (let row = 0; row < rowCount; row++) {
    const start = position;
    for (let column = 0; column < columns.length; column++) position += 4 + Math.max(getI32(buffer, position), 0);
    yield new Rows(described, 1, buffer, start, position);
  }
}
