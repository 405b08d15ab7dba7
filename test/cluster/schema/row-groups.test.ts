import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupRows, singleRows } from '../../../src/cluster/schema/row-groups.js';
import { Rows } from '../../../src/codec/rows.js';
import { RawCell, type SchemaCells, schemaRows } from '../../support/schema-tables.js';

const row = (keyspace_name: unknown, table_name: unknown, comment = 'some text'): SchemaCells => ({
  keyspace_name,
  table_name,
  comment,
});

function group(page: Rows, about: 'table' | 'keyspace' = 'table'): { groups: unknown[]; warnings: string[] } {
  const warnings: string[] = [];
  const groups = groupRows(page, about === 'table' ? 'table_name' : undefined, (message) => warnings.push(message));
  return { groups: groups.map(({ keyspace, name, rows }) => [keyspace, name, rows.rowCount]), warnings };
}

describe('groupRows', () => {
  it('cuts where the keyspace or the name changes', () => {
    const page = schemaRows('tables', [row('a', 'x'), row('a', 'x'), row('a', 'y'), row('b', 'y'), row('b', 'y')]);
    expect(group(page)).toEqual({
      groups: [
        ['a', 'x', 2],
        ['a', 'y', 1],
        ['b', 'y', 2],
      ],
      warnings: [],
    });
    expect(group(page, 'keyspace')).toEqual({
      groups: [
        ['a', '', 3],
        ['b', '', 2],
      ],
      warnings: [],
    });
  });

  it('gives groups that read as the rows they were', () => {
    const rows = [row('a', 'x', 'one'), row('a', 'x', ''), row('b', 'y', 'three')];
    const groups = groupRows(schemaRows('tables', rows), 'table_name', () => undefined);
    const read = groups.flatMap((each) => [...singleRows(each.rows)].map((single) => ({ ...single.cursor().next() })));
    expect(read).toEqual(rows);
  });

  it.each([
    ['a null keyspace', row(null, 'x')],
    ['a null name', row('a', null)],
    ['an empty keyspace', row('', 'x')],
  ])('leaves out a row with %s, and none beside it', (_, bad) => {
    const { groups, warnings } = group(schemaRows('tables', [row('a', 'x'), bad, row('a', 'x')]));
    expect(groups).toEqual([
      ['a', 'x', 1],
      ['a', 'x', 1],
    ]);
    expect(warnings).toEqual(['A row of system_schema.tables does not say what it is about: it is ignored.']);
  });

  it('ignores a table without the columns that it needs', () => {
    const { groups, warnings } = group(schemaRows('tables', [{ keyspace_name: 'a' }]));
    expect(groups).toEqual([]);
    expect(warnings).toEqual([
      'system_schema.tables has no column that says what its rows are about: they are ignored.',
    ]);
    expect(group(schemaRows('tables', []))).toEqual({ groups: [], warnings: [] });
  });

  it('keeps what comes before damage', () => {
    const page = schemaRows('tables', [row('a', 'x'), row('b', 'y'), row('c', 'z')]);
    const cut = new Rows(page.described, 3, page.buffer, page.start, page.end - 1);
    expect(group(cut)).toEqual({
      groups: [
        ['a', 'x', 1],
        ['b', 'y', 1],
      ],
      warnings: ['A page of system_schema.tables is damaged: 1 of its rows are ignored.'],
    });
  });

  it('survives whatever bytes it is given, and so does what reads the groups', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 20 }), (bytes, rowCount) => {
        const { described } = schemaRows('tables', [{ ...row('a', 'x'), flags: new RawCell(Buffer.alloc(0)) }]);
        const buffer = Buffer.from(bytes);
        const groups = groupRows(
          new Rows(described, rowCount, buffer, 0, buffer.length),
          'table_name',
          () => undefined,
        );
        for (const { rows } of groups) expect([...singleRows(rows)]).toHaveLength(rows.rowCount);
      }),
    );
  });
});
