/**
 * What the schema of a keyspace of 1,000 tables costs: `node --expose-gc --import tsx test/bench/schema.ts [tables]`. It starts
 * a Cassandra of its own. Times are the best
 * of several, bytes are what is left after the garbage is collected.
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

async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    // Node gives buffers back in a later turn.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Of this process alone: what the server does meanwhile, and what else the machine does, is not our cost. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function best(action: () => unknown, rounds = ROUNDS): Promise<string> {
  let [wall, cpu] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    const [wallStart, cpuStart] = [performance.now(), cpuTime()];
    await action();
    wall = Math.min(wall, performance.now() - wallStart);
    cpu = Math.min(cpu, cpuTime() - cpuStart);
  }
  return `${wall.toFixed(1)} ms, of which ${cpu.toFixed(1)} ms here`;
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

  const before = await held();
  const schema = await firstValueFrom(reader.read());
  console.log('kept as bytes:', kibibytes((await held()) - before));

  const changes = [
    { change: 'UPDATED', target: 'TABLE', keyspace: KEYSPACE, name: 'table_7', argTypes: undefined } as const,
  ];
  console.log('refresh one table:', await best(() => firstValueFrom(reader.refresh(schema, changes))));
  const cold = await firstValueFrom(reader.read());
  console.log('look at the first table:', await best(() => cold.keyspaces.get(KEYSPACE)!.tables.get('table_7'), 1));
  console.log('look at all tables:', await best(() => lookAtAll(schema), 1));
  console.log('kept when all were looked at:', kibibytes((await held()) - before));
  console.log('export:', await best(() => schema.exportCql(KEYSPACE)));
}

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;

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
