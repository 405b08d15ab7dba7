import { KEYSPACE } from '../statements.js';
import { TABLES } from '../tables.js';

/** What the canned server says of its tables, to those who ask before they read or write. */
export function schemaTables(): Record<string, Record<string, unknown>[]> {
  const replication = new Map([
    ['class', 'org.apache.cassandra.locator.SimpleStrategy'],
    ['replication_factor', '1'],
  ]);
  const columns = Object.values(TABLES).flatMap(({ name, columns }) =>
    Object.entries(columns).map(([column, type], i) => ({
      keyspace_name: KEYSPACE,
      table_name: name,
      column_name: column,
      clustering_order: 'none',
      kind: i === 0 ? 'partition_key' : 'regular',
      position: i === 0 ? 0 : -1,
      type,
    })),
  );
  return {
    'system_schema.keyspaces': [{ keyspace_name: KEYSPACE, durable_writes: true, replication }],
    'system_schema.columns': columns,
  };
}

/** As many as a Cassandra has by default. */
const TOKENS = 16;

/** The tokens of one of several nodes, evenly over the ring. */
export function tokensOf(node: number, nodes: number): string[] {
  const step = 2n ** 64n / BigInt(TOKENS * nodes);
  return Array.from({ length: TOKENS }, (_, i) => String(-(2n ** 63n) + step / 2n + step * BigInt(i * nodes + node)));
}
