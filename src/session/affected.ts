import type { SchemaChange } from '../codec/event.js';
import type { PreparedStatement } from './prepared.js';

/**
 * Whether what is known of a prepared statement may not be so any more after a change of the schema. Of a type it is not known which tables
 * have it, inside of others perhaps: all statements of its keyspace are taken to be affected.
 */
export function isAffected(statement: PreparedStatement, { change, target, keyspace, name }: SchemaChange): boolean {
  if (change === 'CREATED') return false;
  const columns = [...statement.parameters, ...(statement.columns ?? [])];
  const ofKeyspace = columns.filter((column) => column.keyspace === keyspace);
  return target === 'TABLE' ? ofKeyspace.some(({ table }) => table === name) : ofKeyspace.length > 0;
}
