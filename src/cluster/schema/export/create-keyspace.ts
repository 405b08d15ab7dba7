import { formatIdentifier } from '../../../codec/type.js';
import type { KeyspaceMetadata } from '../keyspace-metadata.js';
import { mapLiteral } from './cql-literal.js';

/** `CREATE KEYSPACE`, without what is in it. */
export function createKeyspace({ name, replication, durableWrites }: KeyspaceMetadata): string {
  const options = `replication = ${mapLiteral(replication)} AND durable_writes = ${durableWrites}`;
  return `CREATE KEYSPACE ${formatIdentifier(name)} WITH ${options};`;
}
