import { defer, finalize, lastValueFrom, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Schema } from '../../../src/cluster/schema/schema.js';
import type { SchemaQuery } from '../../../src/cluster/schema/schema-reader.js';
import { SchemaReader } from '../../../src/cluster/schema/schema-reader.js';
import type { SchemaChange } from '../../../src/codec/event.js';
import { ResponseError } from '../../../src/errors.js';
import { FakeSchema, type SchemaCells, tableRows } from '../../support/schema-tables.js';

const keyspace = (name: string, replication: Record<string, string> = { class: 'LocalStrategy' }): SchemaCells => ({
  keyspace_name: name,
  durable_writes: true,
  replication,
});
const table = (keyspace_name: string, table_name: string, comment = ''): SchemaCells => ({
  keyspace_name,
  table_name,
  comment,
  flags: ['compound'],
});

/** Two keyspaces of two tables each. */
function server(): FakeSchema {
  return new FakeSchema({
    keyspaces: [keyspace('a'), keyspace('b')],
    tables: [table('a', 'x'), table('a', 'y'), table('b', 'x'), table('b', 'z')],
    columns: [
      ...tableRows('a', 'x', { k: 'partition_key int', c: 'clustering text desc', v: 'regular int' }),
      ...tableRows('a', 'y', { k: 'partition_key int' }),
      ...tableRows('b', 'x', { other: 'partition_key uuid' }),
      ...tableRows('b', 'z', { k: 'partition_key int' }),
      ...tableRows('b', 'gone', { k: 'partition_key int' }),
    ],
    views: [],
    functions: [],
    aggregates: [],
    types: [{ keyspace_name: 'a', type_name: 't', field_names: ['f'], field_types: ['int'] }],
    'system_virtual_schema.keyspaces': [{ keyspace_name: 'system_views' }],
    'system_virtual_schema.tables': [{ keyspace_name: 'system_views', table_name: 'clients', comment: 'who' }],
    'system_virtual_schema.columns': tableRows('system_views', 'clients', { address: 'partition_key inet' }),
  });
}

const change = (
  keyspaceName: string,
  target: SchemaChange['target'],
  name?: string,
  kind: SchemaChange['change'] = 'UPDATED',
): SchemaChange => ({ change: kind, target, keyspace: keyspaceName, name, argTypes: undefined });

function readerOf(fake: FakeSchema, withTables = true): { reader: SchemaReader; warnings: string[] } {
  const warnings: string[] = [];
  const reader = new SchemaReader({ query: fake.query(), warn: (message) => warnings.push(message), withTables });
  return { reader, warnings };
}

describe('SchemaReader.read', () => {
  it('reads all keyspaces with their tables, page by page', async () => {
    const { reader, warnings } = readerOf(server());
    const schema = await lastValueFrom(reader.read());
    expect([...schema.keyspaces.keys()]).toEqual(['a', 'b', 'system_views']);
    expect([...schema.keyspaces.get('a')!.tables.keys()]).toEqual(['x', 'y']);
    const x = schema.keyspaces.get('a')!.tables.get('x')!;
    expect(x.partitionKey.map(({ name }) => name)).toEqual(['k']);
    expect(x.clusteringKey).toMatchObject([{ name: 'c', type: 'text', order: 'DESC' }]);
    expect([...x.columns.keys()]).toEqual(['k', 'c', 'v']);
    expect(schema.keyspaces.get('b')!.tables.get('x')!.columns.get('other')!.type).toBe('uuid');
    expect(warnings).toEqual([]);
  });

  it('reads virtual keyspaces as such', async () => {
    const schema = await lastValueFrom(readerOf(server()).reader.read());
    const { isVirtual, replication, tables } = schema.keyspaces.get('system_views')!;
    expect({ isVirtual, replication }).toEqual({ isVirtual: true, replication: {} });
    expect(tables.get('clients')).toMatchObject({ isVirtual: true, options: { comment: 'who' }, id: undefined });
    expect(schema.keyspaces.get('a')!.isVirtual).toBe(false);
  });

  it('does without tables that the server does not have, and asks for them once', async () => {
    const fake = server();
    const { reader } = readerOf(fake);
    const schema = await lastValueFrom(reader.read());
    const missing = fake.asked.filter((cql) => cql.includes('scylla_tables') || cql.includes('column_masks'));
    expect(missing).toHaveLength(2);
    fake.asked.length = 0;
    await lastValueFrom(reader.refresh(schema, [change('a', 'TABLE', 'x')]));
    expect(fake.asked).toEqual([
      'SELECT * FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ? | a | x',
      'SELECT * FROM system_schema.views WHERE keyspace_name = ? AND view_name = ? | a | x',
      'SELECT * FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ? | a | x',
    ]);
  });

  it.each(['keyspaces', 'tables', 'columns'])('fails without %s, which every server has', async (name) => {
    const fake = server();
    fake.tables = { ...fake.tables, [name]: undefined as never };
    await expect(lastValueFrom(readerOf(fake).reader.read())).rejects.toThrow(`table ${name} does not exist`);
  });

  it('fails if the server cannot be asked, and not otherwise', async () => {
    const query = (): never => {
      throw new ResponseError('ServerError', 'no');
    };
    const reader = new SchemaReader({ query, warn: () => undefined });
    await expect(lastValueFrom(reader.read())).rejects.toThrow('no');
  });

  it('reads nothing but keyspaces without tables', async () => {
    const fake = server();
    const { reader } = readerOf(fake, false);
    const schema = await lastValueFrom(reader.read());
    expect(fake.asked).toEqual([
      'SELECT * FROM system_schema.keyspaces',
      'SELECT * FROM system_virtual_schema.keyspaces',
    ]);
    expect(schema.keyspaces.get('a')!.tables.size).toBe(0);
    fake.tables = { ...fake.tables, keyspaces: [keyspace('a', { class: 'SimpleStrategy', replication_factor: '3' })] };
    const changes = [change('a', 'KEYSPACE'), change('a', 'TABLE', 'x'), change('b', 'KEYSPACE', undefined, 'DROPPED')];
    const next = await lastValueFrom(reader.refresh(schema, changes));
    expect(next.keyspaces.get('a')!.replication).toEqual({ class: 'SimpleStrategy', replication_factor: '3' });
    expect([...next.keyspaces.keys()]).toEqual(['a', 'system_views']);
  });
});

describe('SchemaReader.refresh', () => {
  const refresh = async (
    tables: Record<string, SchemaCells[]>,
    ...changes: SchemaChange[]
  ): Promise<{ before: Schema; after: Schema; fake: FakeSchema }> => {
    const fake = server();
    const { reader } = readerOf(fake);
    const before = await lastValueFrom(reader.read());
    // Made before, so that what is kept can be told from what is made again.
    for (const { tables: those } of before.keyspaces.values())
      for (const each of those.values()) expect(each).toBeDefined();
    fake.tables = { ...fake.tables, ...tables };
    fake.asked.length = 0;
    return { before, after: await lastValueFrom(reader.refresh(before, changes)), fake };
  };

  it('replaces a table, and nothing else', async () => {
    const { before, after } = await refresh(
      { tables: [table('a', 'x', 'new'), table('a', 'y'), table('b', 'x'), table('b', 'z')] },
      change('a', 'TABLE', 'x'),
    );
    expect(after.keyspaces.get('a')!.tables.get('x')!.options['comment']).toBe('new');
    expect(after.keyspaces.get('a')!.tables.get('y')).toBe(before.keyspaces.get('a')!.tables.get('y'));
    expect(after.keyspaces.get('b')).toBe(before.keyspaces.get('b'));
    expect(after.keyspaces.get('a')!.types.get('t')).toBe(before.keyspaces.get('a')!.types.get('t'));
    // Who holds the old schema sees it as it was.
    expect(before.keyspaces.get('a')!.tables.get('x')!.options['comment']).toBe('');
  });

  it('takes up what is new, wherever it is', async () => {
    const { after } = await refresh(
      {
        keyspaces: [keyspace('a'), keyspace('b'), keyspace('c')],
        tables: [table('c', 'first')],
        views: [{ keyspace_name: 'a', view_name: 'v', base_table_name: 'x', where_clause: 'k IS NOT NULL' }],
        types: [{ keyspace_name: 'b', type_name: 'u', field_names: [], field_types: [] }],
        functions: [
          {
            keyspace_name: 'b',
            function_name: 'f',
            argument_types: ['int'],
            argument_names: ['x'],
            return_type: 'int',
            language: 'java',
            body: '',
          },
          {
            keyspace_name: 'b',
            function_name: 'f',
            argument_types: [],
            argument_names: [],
            return_type: 'int',
            language: 'java',
            body: '',
          },
        ],
        aggregates: [
          { keyspace_name: 'b', aggregate_name: 'g', argument_types: ['int'], state_func: 'f', state_type: 'int' },
        ],
      },
      change('c', 'TABLE', 'first', 'CREATED'),
      change('a', 'TABLE', 'v', 'CREATED'),
      change('b', 'TYPE', 'u', 'CREATED'),
      change('b', 'FUNCTION', 'f', 'CREATED'),
      change('b', 'AGGREGATE', 'g', 'CREATED'),
    );
    expect([...after.keyspaces.get('c')!.tables.keys()]).toEqual(['first']);
    expect(after.keyspaces.get('a')!.views.get('v')).toMatchObject({ baseTable: 'x', whereClause: 'k IS NOT NULL' });
    expect([...after.keyspaces.get('b')!.types.keys()]).toEqual(['u']);
    expect([...after.keyspaces.get('b')!.functions.keys()]).toEqual(['f(int)', 'f()']);
    expect([...after.keyspaces.get('b')!.aggregates.keys()]).toEqual(['g(int)']);
  });

  it.each(['CREATED', 'UPDATED', 'DROPPED'] as const)(
    'goes by what is there, not by what is said: %s',
    async (kind) => {
      const { after } = await refresh(
        { tables: [table('a', 'y')], types: [] },
        change('a', 'TABLE', 'x', kind),
        change('a', 'TYPE', 't', kind),
      );
      expect([...after.keyspaces.get('a')!.tables.keys()]).toEqual(['y']);
      expect(after.keyspaces.get('a')!.types.size).toBe(0);
    },
  );

  it('forgets a keyspace with everything in it', async () => {
    const { after } = await refresh({ keyspaces: [keyspace('b')] }, change('a', 'KEYSPACE', undefined, 'DROPPED'));
    expect([...after.keyspaces.keys()]).toEqual(['b', 'system_views']);
  });

  it('keeps the tables of a keyspace that was altered', async () => {
    const { before, after, fake } = await refresh(
      { keyspaces: [keyspace('a', { class: 'new' }), keyspace('b')] },
      change('a', 'KEYSPACE'),
    );
    expect(after.keyspaces.get('a')!.replication).toEqual({ class: 'new' });
    expect(after.keyspaces.get('a')!.tables.get('x')).toBe(before.keyspaces.get('a')!.tables.get('x'));
    expect(fake.asked).toEqual(['SELECT * FROM system_schema.keyspaces WHERE keyspace_name = ? | a']);
  });

  it('has nothing left of a keyspace that was dropped and created again', async () => {
    const { after } = await refresh(
      { tables: [table('a', 'y')], types: [] },
      change('a', 'KEYSPACE', undefined, 'DROPPED'),
      change('a', 'KEYSPACE', undefined, 'CREATED'),
    );
    expect([...after.keyspaces.get('a')!.tables.keys()]).toEqual(['y']);
    expect(after.keyspaces.get('a')!.types.size).toBe(0);
  });

  it('asks nothing where nothing has changed', async () => {
    const { before, after, fake } = await refresh({});
    expect(after).toBe(before);
    expect(fake.asked).toEqual([]);
  });
});

describe('SchemaReader', () => {
  it('asks a bounded number of questions at a time, and is not misled by the order of the answers', async () => {
    const fake = server();
    const keyspaces = Array.from({ length: 50 }, (_, i) => `ks${i}`);
    fake.tables = {
      keyspaces: keyspaces.map((name) => keyspace(name)),
      tables: keyspaces.map((name) => table(name, 't')),
      columns: keyspaces.flatMap((name) => tableRows(name, 't', { k: 'partition_key int' })),
    };
    let open = 0;
    let most = 0;
    const query: SchemaQuery = (cql, values) =>
      defer(() => {
        most = Math.max(most, ++open);
        // The last source is the first to answer.
        const late = timer(cql.includes('columns') ? 0 : 5).pipe(switchMap(() => fake.query()(cql, values)));
        return late.pipe(finalize(() => open--));
      });
    const reader = new SchemaReader({ query, warn: (message) => expect.fail(message) });
    const changes = keyspaces.map((name) => change(name, 'TABLE', 't', 'CREATED'));
    const schema = await lastValueFrom(reader.refresh(Schema.EMPTY, changes));
    expect(most).toBe(32);
    for (const name of keyspaces)
      expect([...schema.keyspaces.get(name)!.tables.get('t')!.columns.keys()]).toEqual(['k']);
  });
});
