/**
 * What the schema of a keyspace of 1,000 tables costs: `node --expose-gc --import tsx test/bench/schema.ts [tables]`. It starts
 * a Cassandra of its own. Times are the best of several, bytes are what is left after the garbage is collected.
 */
import { firstValueFrom } from 'rxjs';
import { startCassandra } from 'rxcql/testing';
import type { Schema } from '../../src/cluster/schema/schema.js';
import { SchemaNode } from '../support/schema-node.js';

const TABLES = Number(process.argv[2] ?? 1_000);
const COLUMNS = [
  'name text',
  'age int',
  'tags set<text>',
  'data map<text, frozen<list<int>>>',
  'at timestamp',
  'b blob',
];
const KEYSPACE = 'bench_schema';
const ROUNDS = 10;

function held(): number {
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function best(action: () => Promise<unknown>): Promise<string> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await action();
    least = Math.min(least, performance.now() - start);
  }
  return `${least.toFixed(1)} ms`;
}

/** Makes everything of the keyspace that can be made. */
function lookAtAll(schema: Schema): number {
  return [...schema.keyspaces.get(KEYSPACE)!.tables.values()].reduce((sum, { columns }) => sum + columns.size, 0);
}

async function measure(node: SchemaNode): Promise<void> {
  await node.run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  for (let i = 0; i < TABLES; i++) {
    const columns = ['id uuid', 'day date', 'seq int', ...COLUMNS].join(', ');
    await node.run(`CREATE TABLE ${KEYSPACE}.table_${i} (${columns}, PRIMARY KEY ((id, day), seq))`);
  }
  const reader = node.reader();
  console.log(`${TABLES} tables of ${COLUMNS.length + 3} columns, and those of the system`);
  console.log('read whole:', await best(() => firstValueFrom(reader.read())));

  const before = held();
  const schema = await firstValueFrom(reader.read());
  const asBytes = held() - before;
  console.log('kept as bytes:', `${(asBytes / 1024).toFixed(0)} KiB`);

  const changes = [
    { change: 'UPDATED', target: 'TABLE', keyspace: KEYSPACE, name: 'table_7', argTypes: undefined } as const,
  ];
  console.log('refresh one table:', await best(() => firstValueFrom(reader.refresh(schema, changes))));

  const first = performance.now();
  schema.keyspaces.get(KEYSPACE)!.tables.get('table_7');
  console.log('look at one table, the first:', `${(performance.now() - first).toFixed(3)} ms`);
  const start = performance.now();
  const columns = lookAtAll(schema);
  console.log(`look at all of them (${columns} columns):`, `${(performance.now() - start).toFixed(1)} ms`);
  console.log('kept when all was looked at:', `${((held() - before) / 1024).toFixed(0)} KiB`);
  console.log('export:', await best(() => Promise.resolve(schema.exportCql(KEYSPACE).length)));
  const known = schema.keyspaces.size;
  if (known === 0) throw new Error('The schema is still needed here, so that it is not collected.');
}

const jvm = ['-Dcassandra.test.flush_local_schema_changes=false'];
const running = startCassandra({ host: '127.0.0.62', jvm }).subscribe({
  next: ({ contactPoints }) => {
    void SchemaNode.open(contactPoints[0]!)
      .then(async (node) => {
        await measure(node);
        node.close();
      })
      .catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
      })
      .finally(() => running.unsubscribe());
  },
  error: (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
});
