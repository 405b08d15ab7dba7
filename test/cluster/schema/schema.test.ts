import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Schema } from '../../../src/cluster/schema/schema.js';
import { SchemaReader } from '../../../src/cluster/schema/schema-reader.js';
import { FakeSchema, tableRows } from '../../support/schema-tables.js';

const fake = new FakeSchema({
  keyspaces: [{ keyspace_name: 'ks', durable_writes: false, replication: { class: 'LocalStrategy' } }],
  tables: [
    { keyspace_name: 'ks', table_name: 'T', flags: ['compound'], comment: 'a;\nb' },
    { keyspace_name: 'ks', table_name: 'dense', flags: ['dense'] },
    { keyspace_name: 'ks', table_name: 'static', flags: [] },
  ],
  columns: [
    ...tableRows('ks', 'T', { k: 'partition_key int' }),
    ...tableRows('ks', 'dense', { k: 'partition_key int', c: 'clustering int asc', value: 'regular empty' }),
    ...tableRows('ks', 'static', {
      k: 'partition_key int',
      a: 'static int',
      column1: 'clustering text asc',
      value: 'regular blob',
    }),
  ],
});
const read = (): Promise<Schema> =>
  lastValueFrom(new SchemaReader({ query: fake.query(), warn: (message) => expect.fail(message) }).read());

describe('Schema', () => {
  it('exports a keyspace, each statement ended', async () => {
    const schema = await read();
    expect(schema.exportCql('ks', 'T')).toBe(
      'CREATE TABLE ks."T" (\n    k int,\n    PRIMARY KEY (k)\n) WITH comment = \'a;\nb\';\n',
    );
    expect(schema.exportStatements('ks')).toHaveLength(4);
    expect(schema.exportCql('ks')).toMatch(
      /^CREATE KEYSPACE ks WITH replication = \{'class': 'LocalStrategy'\} AND durable_writes = false;\n/,
    );
  });

  it('says that what is asked for is not there', async () => {
    const schema = await read();
    const code = 'ERR_RXCQL_NOT_IN_SCHEMA';
    expect(() => schema.exportCql('KS')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^The keyspace "KS" is not/) }),
    );
    expect(() => schema.exportCql('ks', 't')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^The table "t" of/) }),
    );
    expect(() => Schema.EMPTY.exportCql('ks')).toThrow(expect.objectContaining({ code }));
  });

  it('shows in logs and in JSON what it says, and not what it is made of', async () => {
    const keyspace = (await read()).keyspaces.get('ks')!;
    expect(inspect(keyspace)).toMatch(
      /^Keyspace \{\n {2}name: 'ks',\n[^]* tables: Map\(3\) \[ 'T', 'dense', 'static' \],/,
    );
    const json = JSON.parse(JSON.stringify(keyspace)) as Record<string, unknown>;
    expect(json).toMatchObject({
      name: 'ks',
      replication: { class: 'LocalStrategy' },
      durableWrites: false,
      types: {},
    });
    const table = { name: 'T', columns: { k: { name: 'k', type: 'int', kind: 'partition_key' } }, indexes: {} };
    expect(json['tables']).toMatchObject({ T: table, dense: {}, static: {} });
    expect(JSON.parse(JSON.stringify(keyspace.tables.get('T')))).toMatchObject(table);
    expect(inspect(keyspace.tables.get('T'))).not.toContain('toJSON');
  });

  it('shows tables with compact storage as CQL does', async () => {
    const { tables } = (await read()).keyspaces.get('ks')!;
    expect([...tables.get('dense')!.columns.keys()]).toEqual(['k', 'c']);
    expect([...tables.get('static')!.columns.values()]).toMatchObject([
      { name: 'k' },
      { name: 'a', static: false, kind: 'regular' },
    ]);
    expect([...tables.values()].map(({ isCompactStorage }) => isCompactStorage)).toEqual([false, true, true]);
  });

  it('makes each object once', async () => {
    const keyspace = (await read()).keyspaces.get('ks')!;
    expect(keyspace.tables.get('T')).toBe(keyspace.tables.get('T'));
    expect(keyspace.types).toBe(keyspace.types);
    expect([...keyspace.tables.values()][0]).toBe(keyspace.tables.get('T'));
  });
});
