import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { KeyspaceMetadata } from '../../../src/cluster/schema/keyspace-metadata.js';
import type { Schema } from '../../../src/cluster/schema/schema.js';
import { SchemaReader } from '../../../src/cluster/schema/schema-reader.js';
import { SCHEMA_SOURCES } from '../../../src/cluster/schema/schema-source.js';
import { FakeSchema, RawCell, type SchemaCells, type SchemaTables, tableRows } from '../../support/schema-tables.js';

// What no server should say. Whatever it is, the rest of the schema is read, and somebody is told.

const bytes = (...values: number[]): RawCell => new RawCell(Buffer.from(values));
const SOUND: SchemaTables = {
  keyspaces: [{ keyspace_name: 'ks', durable_writes: true, replication: { class: 'SimpleStrategy' } }],
  tables: [{ keyspace_name: 'ks', table_name: 't', flags: ['compound'], gc_grace_seconds: 1 }],
  columns: tableRows('ks', 't', { k: 'partition_key int', c: 'clustering int asc', v: 'regular int' }),
  types: [{ keyspace_name: 'ks', type_name: 'u', field_names: ['f'], field_types: ['int'] }],
};
const ofTable = (cells: SchemaCells): SchemaCells => ({ keyspace_name: 'ks', table_name: 't', ...cells });

async function read(tables: SchemaTables): Promise<{ schema: Schema; ks: KeyspaceMetadata; warnings: string[] }> {
  const warnings: string[] = [];
  const reader = new SchemaReader({ query: new FakeSchema(tables).query(), warn: (message) => warnings.push(message) });
  const schema = await lastValueFrom(reader.read());
  return { schema, ks: schema.keyspaces.get('ks')!, warnings };
}

/** Everything that can be asked of a schema. */
function lookAtEverything(schema: Schema): void {
  for (const keyspace of schema.keyspaces.values()) {
    const { replication, durableWrites, types, functions, aggregates } = keyspace;
    expect([
      replication,
      durableWrites,
      types,
      functions,
      aggregates,
      [...keyspace.tables],
      [...keyspace.views],
    ]).toBeDefined();
    expect(typeof schema.exportCql(keyspace.name)).toBe('string');
  }
}

describe('rows that make no sense', () => {
  it.each<[string, SchemaCells, string]>([
    [
      'without a name',
      { column_name: null, type: 'int', kind: 'regular' },
      'Columns of ks.t: one without a name is ignored, since its kind or type is not known.',
    ],
    [
      'without a type',
      { column_name: 'x', type: null, kind: 'regular' },
      'Columns of ks.t: x is ignored, since its kind or type is not known.',
    ],
    [
      'of an unknown kind',
      { column_name: 'x', type: 'int', kind: 'compact_value' },
      'Columns of ks.t: x is ignored, since its kind or type is not known.',
    ],
  ])('a column %s is left out', async (_, cells, warning) => {
    const { ks, warnings } = await read({ ...SOUND, columns: [...SOUND['columns']!, ofTable(cells)] });
    expect([...ks.tables.get('t')!.columns.keys()]).toEqual(['k', 'c', 'v']);
    expect(warnings).toEqual([warning]);
  });

  it('a column of a type that nobody knows has that type', async () => {
    const columns = [
      ...SOUND['columns']!,
      ofTable({ column_name: 'x', type: "'com.example.Odd(…'", kind: 'regular', position: -1 }),
    ];
    const { ks, warnings } = await read({ ...SOUND, columns });
    expect(ks.tables.get('t')!.columns.get('x')!.type).toBe("'com.example.Odd(…'");
    expect(warnings).toEqual([]);
  });

  it('a table of which nothing else is known is there, and is empty', async () => {
    const { ks, schema, warnings } = await read({ ...SOUND, columns: [], tables: [ofTable({})] });
    expect(ks.tables.get('t')).toMatchObject({
      name: 't',
      id: undefined,
      partitionKey: [],
      clusteringKey: [],
      isCompactStorage: false,
    });
    expect(ks.tables.get('t')!.columns.size).toBe(0);
    lookAtEverything(schema);
    expect(warnings).toEqual([]);
  });

  it('cells that cannot be read leave out their row', async () => {
    const types = [
      ...SOUND['types']!,
      { keyspace_name: 'ks', type_name: 'bad', field_names: bytes(0, 0, 0, 9), field_types: ['int'] },
      { keyspace_name: 'ks', type_name: 'worse', field_names: ['a', 'b'], field_types: ['int'] },
      { keyspace_name: 'ks', type_name: 'null', field_names: null, field_types: null },
    ];
    const { ks, warnings } = await read({ ...SOUND, types });
    expect([...ks.types.keys()]).toEqual(['u']);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Type ks\.bad: a row of the schema is ignored\. Column "field_names" \(list<text>\) cannot be read: /,
      ),
      'Type ks.bad is ignored, since its fields are not known.',
      'Type ks.worse is ignored, since its fields are not known.',
      'Type ks.null is ignored, since its fields are not known.',
    ]);
  });

  it('options that cannot be read leave the table with its columns', async () => {
    const { ks, warnings } = await read({ ...SOUND, tables: [ofTable({ gc_grace_seconds: bytes(1) })] });
    expect([...ks.tables.get('t')!.columns.keys()]).toEqual(['k', 'c', 'v']);
    expect({ ...ks.tables.get('t')!.options }).toEqual({});
    expect(warnings).toHaveLength(1);
  });

  it('indexes, triggers and masks that say too little are left out', async () => {
    const { ks, warnings } = await read({
      ...SOUND,
      indexes: [
        ofTable({ index_name: 'i', kind: 'COMPOSITES', options: { target: 'v' } }),
        ofTable({ index_name: 'no_target', kind: 'COMPOSITES', options: {} }),
        ofTable({ index_name: 'no_options', kind: 'CUSTOM', options: null }),
        ofTable({ index_name: 'no_kind', kind: null, options: { target: 'v' } }),
        ofTable({ index_name: null, kind: 'CUSTOM', options: { target: 'v' } }),
      ],
      triggers: [
        ofTable({ trigger_name: 'good', options: { class: 'T' } }),
        ofTable({ trigger_name: 'bad', options: {} }),
      ],
      column_masks: [
        ofTable({ column_name: 'v', function_name: null }),
        ofTable({ column_name: 'c', function_name: 'f' }),
      ],
    });
    const table = ks.tables.get('t')!;
    expect([...table.indexes.keys()]).toEqual(['i']);
    expect([...table.triggers.keys()]).toEqual(['good']);
    expect(table.columns.get('v')!.mask).toBeUndefined();
    expect(table.columns.get('c')!.mask).toEqual({
      keyspace: 'system',
      function: 'f',
      argumentTypes: [],
      arguments: [],
    });
    expect(warnings).toHaveLength(6);
  });

  it('functions and aggregates that say too little are left out', async () => {
    const f = {
      keyspace_name: 'ks',
      function_name: 'f',
      argument_types: ['int'],
      argument_names: ['a'],
      return_type: 'int',
      language: 'java',
      body: 'b',
    };
    const a = { keyspace_name: 'ks', aggregate_name: 'a', argument_types: ['int'], state_func: 'f', state_type: 'int' };
    const { ks, warnings } = await read({
      ...SOUND,
      functions: [
        f,
        { ...f, argument_types: [] },
        { ...f, body: null },
        { ...f, return_type: null },
        { ...f, argument_types: null },
      ],
      aggregates: [a, { ...a, state_func: null }, { ...a, state_type: null }],
    });
    expect([...ks.functions.keys()]).toEqual(['f(int)']);
    expect([...ks.aggregates.keys()]).toEqual(['a(int)']);
    expect(warnings).toHaveLength(6);
  });

  it('names that mean something to JavaScript are names', async () => {
    const { ks, schema } = await read({
      ...SOUND,
      keyspaces: [
        {
          keyspace_name: 'ks',
          durable_writes: null,
          replication: new Map([
            ['__proto__', '3'],
            ['class', 'S'],
          ]),
        },
      ],
      tables: [
        { keyspace_name: 'ks', table_name: '__proto__', constructor: 'x', compaction: new Map([['__proto__', 'y']]) },
      ],
      columns: tableRows('ks', '__proto__', { constructor: 'partition_key int' }),
      types: [{ keyspace_name: 'ks', type_name: 'hasOwnProperty', field_names: ['__proto__'], field_types: ['int'] }],
    });
    expect(Object.entries(ks.replication)).toEqual([
      ['__proto__', '3'],
      ['class', 'S'],
    ]);
    expect(ks.durableWrites).toBe(true);
    const table = ks.tables.get('__proto__')!;
    expect(table.columns.get('constructor')!.kind).toBe('partition_key');
    expect(Object.entries(table.options['compaction'] as object)).toEqual([['__proto__', 'y']]);
    expect(schema.exportCql('ks', '__proto__')).toContain(`compaction = {'__proto__': 'y'}`);
  });

  it('whatever the cells are, everything can be looked at', async () => {
    const columns = [
      'keyspace_name table_name view_name type_name function_name aggregate_name column_name index_name trigger_name kind type',
      'position clustering_order flags options replication durable_writes field_names field_types argument_types argument_names',
      'body language return_type state_func state_type base_table_name caching extensions id gc_grace_seconds dropped_time',
    ].flatMap((names) => names.split(' '));
    const cell = fc.oneof(
      fc.constant(null),
      fc.uint8Array({ maxLength: 12 }).map((cells) => new RawCell(Buffer.from(cells))),
      fc
        .constantFrom('ks', 't', 'regular', 'partition_key', 'int', 'frozen<u>', '"', '')
        .map((word) => new RawCell(Buffer.from(word))),
    );
    const cells = fc.record(Object.fromEntries(columns.map((name) => [name, cell])));
    const named = cells.map((row) => ({
      ...row,
      ...Object.fromEntries(NAMES.map((name) => [name, 't'])),
      keyspace_name: 'ks',
    }));
    const rows = fc.array(fc.oneof(cells, named), { maxLength: 3 });
    const tables = fc.record(Object.fromEntries(SCHEMA_SOURCES.map((source) => [source, rows])));
    await fc.assert(
      fc.asyncProperty(tables, async (drawn) => {
        const { schema } = await read(drawn);
        lookAtEverything(schema);
      }),
      { numRuns: 200 },
    );
  });
});

const NAMES = ['table_name', 'view_name', 'type_name', 'function_name', 'aggregate_name'];
