import { firstValueFrom, lastValueFrom, type Subscription, timer } from 'rxjs';
import { startCassandra, type CassandraCluster } from 'rxcql/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatIdentifier } from '../../src/codec/type.js';
import type { KeyspaceMetadata } from '../../src/cluster/schema/keyspace-metadata.js';
import type { SchemaChange } from '../../src/codec/event.js';
import { randomSchema } from '../support/random-schema.js';
import { BADLY_DESCRIBED, RICH_SCHEMA } from '../support/rich-schema.js';
import { SchemaNode } from '../support/schema-node.js';

// What is read of a real Cassandra's schema, and whether what is exported of it makes the same schema again: the same for us,
// and the same for the server, in the rows that it keeps of it.

// Who brings a cluster may not have what is experimental in Cassandra, and on in ours.
const kit = describe.skipIf(Boolean(process.env['CASSANDRA_CONTACT_POINTS']));

const YAML = {
  user_defined_functions_enabled: true,
  materialized_views_enabled: true,
  sasi_indexes_enabled: true,
  dynamic_data_masking_enabled: true,
  cdc_enabled: true,
  memtable: {
    configurations: {
      skiplist: { class_name: 'SkipListMemtable' },
      trie: { class_name: 'TrieMemtable' },
      default: { inherits: 'skiplist' },
    },
  },
};

/** All that is made of a keyspace, without what is new each time it is created. */
function whole(keyspace: KeyspaceMetadata | undefined): unknown {
  if (keyspace === undefined) return undefined;
  const { name, replication, durableWrites, types, functions, aggregates } = keyspace;
  const again = { id: undefined, droppedColumns: undefined };
  const tables = Object.fromEntries([...keyspace.tables].map(([key, table]) => [key, { ...table, ...again }]));
  const views = Object.fromEntries([...keyspace.views].map(([key, view]) => [key, { ...view, ...again }]));
  return { name, replication, durableWrites, types, functions, aggregates, tables, views };
}

kit('the schema of a real Cassandra', () => {
  let running: Subscription;
  let cluster: CassandraCluster;
  let node: SchemaNode;

  beforeAll(async () => {
    cluster = await new Promise<CassandraCluster>((resolve, reject) => {
      // Nothing here has to outlive the node: writing each change of the schema to the disk would take most of the time.
      const jvm = ['-Dcassandra.test.flush_local_schema_changes=false'];
      running = startCassandra({ host: '127.0.0.71', yaml: YAML, jvm }).subscribe({ next: resolve, error: reject });
    });
    node = await SchemaNode.open(cluster.contactPoints[0]!);
  });

  beforeEach(() => {
    node.warnings.length = 0;
  });

  afterAll(async () => {
    node.close();
    running.unsubscribe();
    for (const { logs } of cluster.nodes) await lastValueFrom(logs);
  });

  describe.each([
    ['with everything in it', 'Rich', RICH_SCHEMA],
    ['that the server describes wrongly', 'Words', BADLY_DESCRIBED],
    ['made by chance', 'chance', randomSchema()],
  ])('a keyspace %s', (_, name, statements) => {
    const quoted = formatIdentifier(name);
    let ours: unknown;
    let theirs: unknown;
    let exported: readonly string[];
    let described: readonly string[];

    beforeAll(async () => {
      await node.run(...statements);
      const schema = await node.read();
      ours = whole(schema.keyspaces.get(name));
      theirs = await node.systemRows(name);
      exported = schema.exportStatements(name);
      described = await node.describe(`KEYSPACE ${quoted}`);
    });

    afterAll(() => node.run(`DROP KEYSPACE ${quoted}`));

    it('is the same when it is created again as exported', async () => {
      await node.run(`DROP KEYSPACE ${quoted}`, ...exported);
      const schema = await node.read();
      expect(whole(schema.keyspaces.get(name))).toEqual(ours);
      expect(await node.systemRows(name)).toEqual(theirs);
      expect(schema.exportStatements(name)).toEqual(exported);
      expect(schema.exportCql(name)).toBe(exported.map((statement) => `${statement}\n`).join(''));
      expect(node.warnings).toEqual([]);
    });

    if (statements === BADLY_DESCRIBED) {
      it('cannot be created again as the server describes it', async () => {
        await expect(node.run(`DROP KEYSPACE ${quoted}`, ...described)).rejects.toThrow('no viable alternative');
      });
    } else {
      it('is the one that the server describes', async () => {
        // Tables with compact storage it does not describe so that they could be created; those are ours.
        const compact = exported.filter((statement) => statement.includes('COMPACT STORAGE'));
        await node.run(`DROP KEYSPACE ${quoted}`, ...described, ...compact);
        expect(await node.systemRows(name)).toEqual(theirs);
      });
    }
  });

  it('has tables that can be exported one by one, with their indexes and views', async () => {
    await node.run(...RICH_SCHEMA);
    const before = await node.read();
    const { tables, views } = before.keyspaces.get('Rich')!;
    const statements = [...tables.keys()].map((table) => before.exportStatements('Rich', table));
    const view = before.exportStatements('Rich', 'ByText');
    expect(view).toEqual([expect.stringMatching(/^CREATE MATERIALIZED VIEW "Rich"\."ByText" AS\n/)]);
    expect(statements.flat()).toEqual(expect.arrayContaining([...view]));

    for (const name of views.keys()) await node.run(`DROP MATERIALIZED VIEW "Rich".${formatIdentifier(name)}`);
    for (const name of tables.keys()) await node.run(`DROP TABLE "Rich".${formatIdentifier(name)}`);
    for (const each of statements) await node.run(...each);
    const after = await node.read();
    expect(whole(after.keyspaces.get('Rich'))).toEqual(whole(before.keyspaces.get('Rich')));
    await node.run('DROP KEYSPACE "Rich"');
  });

  it('has functions and aggregates under their signatures', async () => {
    await node.run(
      ...RICH_SCHEMA.slice(
        0,
        RICH_SCHEMA.findIndex((cql) => cql.startsWith('CREATE TABLE')),
      ),
    );
    const { functions, aggregates } = (await node.read()).keyspaces.get('Rich')!;
    expect([...functions.keys()].sort()).toEqual([
      'Final(int)',
      'State(int, int)',
      'f1(int, zeta, vector<float, 3>, tuple<int, text>)',
      'f1(text)',
      'lists(map<text, frozen<list<int>>>, int)',
      'pair(tuple<int, text>, list<text>)',
      'plus(int, int)',
    ]);
    expect([...aggregates.keys()].sort()).toEqual(['Total(int)', 'pairs(list<text>)', 'token(int)', 'total(int)']);
    expect(aggregates.get('total(int)')).toMatchObject({
      stateFunction: 'plus',
      finalFunction: 'Final',
      returnType: 'text',
    });
    await node.run('DROP KEYSPACE "Rich"');
  });

  it('is kept up to date by events: the same as if it was read whole', async () => {
    const reader = node.reader();
    let schema = await firstValueFrom(reader.read());
    await node.listen();
    const steps = [
      ...RICH_SCHEMA,
      'ALTER TABLE "Rich".indexed ADD more text',
      'ALTER TABLE "Rich".indexed RENAME k TO key',
      'ALTER TYPE "Rich".zeta ADD more text',
      'DROP INDEX "Rich".sai1',
      'DROP MATERIALIZED VIEW "Rich"."ByText"',
      'DROP AGGREGATE "Rich".total',
      'DROP FUNCTION "Rich".f1(text)',
      'DROP TABLE "Rich".twcs',
      'ALTER KEYSPACE "Rich" WITH durable_writes = true',
      'CREATE TABLE "Rich".twcs (other int PRIMARY KEY)',
      'DROP KEYSPACE "Rich"',
      ...RICH_SCHEMA.slice(0, 5),
    ];
    for (let at = 0; at < steps.length; at += 7) {
      // An event comes before or after the answer to what it is about.
      const changes: SchemaChange[] = [];
      const listening = node.schemaChanges().subscribe((change) => changes.push(change));
      await node.run(...steps.slice(at, at + 7));
      await lastValueFrom(timer(200));
      listening.unsubscribe();
      const before = schema;
      schema = await firstValueFrom(reader.refresh(schema, changes));
      const read = await node.read();
      expect([...schema.keyspaces.keys()].sort()).toEqual([...read.keyspaces.keys()].sort());
      expect(whole(schema.keyspaces.get('Rich'))).toEqual(whole(read.keyspaces.get('Rich')));
      expect(schema.keyspaces.get('system_schema')).toBe(before.keyspaces.get('system_schema'));
    }
    expect(node.warnings).toEqual([]);
    await node.run('DROP KEYSPACE "Rich"');
  });

  it('has virtual keyspaces, which are exported as comments', async () => {
    const schema = await node.read();
    const { isVirtual, tables } = schema.keyspaces.get('system_views')!;
    expect(isVirtual).toBe(true);
    expect(tables.get('clients')!.partitionKey.map(({ name }) => name)).toEqual(['address']);
    expect(schema.exportCql('system_views', 'clients')).toMatch(/^\/\*[^]*system_views\.clients[^]*\*\/\n$/);
  });

  it('is there whole, whatever the size of the pages', async () => {
    const expected = [...(await node.read()).keyspaces.values()].map(whole);
    const paged = await firstValueFrom(node.reader({ pageSize: 3 }).read());
    expect([...paged.keyspaces.values()].map(whole)).toEqual(expected);
  });
});
