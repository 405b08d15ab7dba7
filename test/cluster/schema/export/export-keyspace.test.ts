import { describe, expect, it } from 'vitest';
import { exportKeyspace, exportTable } from '../../../../src/cluster/schema/export/export-keyspace.js';
import type { IndexMetadata } from '../../../../src/cluster/schema/table-metadata.js';
import { column, keyspaceOf, tableOf, viewOf } from '../../../support/schema-models.js';

const key = column('k', 'int', 'partition_key');
const index = (name: string, more: Partial<IndexMetadata> = {}): [string, IndexMetadata] => [
  name,
  { name, table: 't', kind: 'COMPOSITES', target: 'v', className: undefined, options: {}, ...more },
];
const heads = (statements: readonly string[]): string[] =>
  statements.map((statement) => /^[^(\n]*[^(\n ]/.exec(statement)![0]);

const t = tableOf('t', [key, column('v', 'int')], {
  indexes: new Map([
    index('i'),
    index('Custom', { className: 'sai', target: 'values("V")', options: { case_sensitive: 'false' } }),
  ]),
  triggers: new Map([['audit', { name: 'audit', className: 'com.example.Audit' }]]),
});
const view = viewOf('by_v', [column('v', 'int', 'partition_key'), column('k', 'int', 'clustering')]);
const keyspace = keyspaceOf({
  tables: [t, tableOf('a', [key])],
  views: [view, viewOf('of_another', [key], { baseTable: 'a', includesAllColumns: true })],
  types: new Map([['u', { keyspace: 'ks', name: 'u', fields: [{ name: 'f', type: 'int' }] }]]),
});

describe('exportKeyspace', () => {
  it('has everything after what it needs, and each kind by name', () => {
    expect(heads(exportKeyspace(keyspace))).toEqual([
      "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '1'} AND durable_writes = true;",
      'CREATE TYPE ks.u',
      'CREATE TABLE ks.a',
      'CREATE TABLE ks.t',
      'CREATE CUSTOM INDEX "Custom" ON ks.t',
      'CREATE INDEX i ON ks.t',
      "CREATE TRIGGER audit ON ks.t USING 'com.example.Audit';",
      'CREATE MATERIALIZED VIEW ks.by_v AS',
      'CREATE MATERIALIZED VIEW ks.of_another AS',
    ]);
  });

  it('writes custom indexes with their class and options', () => {
    expect(exportKeyspace(keyspace)[4]).toBe(
      `CREATE CUSTOM INDEX "Custom" ON ks.t (values("V")) USING 'sai' WITH OPTIONS = {'case_sensitive': 'false'};`,
    );
    expect(exportKeyspace(keyspace)[5]).toBe('CREATE INDEX i ON ks.t (v);');
  });

  it('ends every statement', () => {
    for (const statement of exportKeyspace(keyspace)) expect(statement).toMatch(/[^;];$/);
  });

  it('leaves out the views by which ScyllaDB implements its indexes', () => {
    const views = [viewOf('i_index', [key]), viewOf('other_index', [key])];
    expect(heads(exportKeyspace(keyspaceOf({ tables: [t], views })))).not.toContain(
      'CREATE MATERIALIZED VIEW ks.i_index AS',
    );
    expect(heads(exportKeyspace(keyspaceOf({ tables: [t], views })))).toContain(
      'CREATE MATERIALIZED VIEW ks.other_index AS',
    );
  });

  it('describes a virtual keyspace in comments', () => {
    const virtual = keyspaceOf({ isVirtual: true, tables: [tableOf('*/ DROP', [key])] });
    const [text, ...others] = exportKeyspace(virtual);
    expect(others).toEqual([]);
    expect(text!.split('\n').filter((line) => line.includes('*/'))).toEqual(['*/', '*/']);
    expect(exportTable(virtual, '*/ DROP')[0]).toMatch(/^\/\*[^]*k int,[^]*\n\*\/$/);
  });
});

describe('exportTable', () => {
  it('has the table with its indexes, triggers and views', () => {
    expect(heads(exportTable(keyspace, 't'))).toEqual([
      'CREATE TABLE ks.t',
      'CREATE CUSTOM INDEX "Custom" ON ks.t',
      'CREATE INDEX i ON ks.t',
      "CREATE TRIGGER audit ON ks.t USING 'com.example.Audit';",
      'CREATE MATERIALIZED VIEW ks.by_v AS',
    ]);
  });

  it('has a view alone', () => {
    expect(exportTable(keyspace, 'by_v')).toEqual([
      `CREATE MATERIALIZED VIEW ks.by_v AS
    SELECT v, k
    FROM ks.t
    WHERE k IS NOT NULL
    PRIMARY KEY (v, k) WITH CLUSTERING ORDER BY (k DESC);`,
    ]);
    expect(exportTable(keyspace, 'of_another')[0]).toContain('SELECT *');
  });

  it('writes a table so that it can be read', () => {
    const columns = [
      column('a', 'int', 'partition_key'),
      column('B', 'text', 'partition_key'),
      column('c', 'int', 'clustering'),
      column('s', 'int', 'static'),
    ];
    const wide = tableOf('wide', columns, { options: { comment: '' } });
    expect(exportTable(keyspaceOf({ tables: [wide] }), 'wide')).toEqual([
      `CREATE TABLE ks.wide (
    a int,
    "B" text,
    c int,
    s int static,
    PRIMARY KEY ((a, "B"), c)
) WITH CLUSTERING ORDER BY (c DESC)
    AND comment = '';`,
    ]);
  });
});
