import { createHash } from 'node:crypto';
import type { ServerColumn } from './columns.js';

/** A statement that the server has prepared. */
export interface ServerStatement {
  readonly id: Buffer;
  readonly cql: string;
  readonly parameters: readonly ServerColumn[];
  /** Which parameters make up the partition key, in its order. */
  readonly partitionKey: readonly number[];
  /** Empty where the statement has no rows, or they are not known before it runs. */
  readonly columns: readonly ServerColumn[];
}

/** The id of a statement: the same for the same text in the same keyspace, as Cassandra makes them. */
export function statementId(cql: string, keyspace = ''): Buffer {
  return createHash('md5')
    .update(keyspace + cql)
    .digest();
}

/** The statements that a server has prepared. */
export class ServerStatements {
  private readonly byId = new Map<string, ServerStatement>();

  get(id: Buffer): ServerStatement | undefined {
    return this.byId.get(id.toString('hex'));
  }

  add(statement: ServerStatement): void {
    this.byId.set(statement.id.toString('hex'), statement);
  }

  clear(): void {
    this.byId.clear();
  }
}
