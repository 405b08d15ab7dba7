import { filter, firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import { consistencyCode } from '../../src/codec/consistency.js';
import { Opcode } from '../../src/codec/envelope.js';
import { writeQuery, writeRegister } from '../../src/codec/requests.js';
import type { SchemaChange } from '../../src/codec/event.js';
import type { Writer } from '../../src/codec/writer.js';
import { SchemaReader } from '../../src/cluster/schema/schema-reader.js';
import type { Schema } from '../../src/cluster/schema/schema.js';
import { SCHEMA_SOURCES } from '../../src/cluster/schema/schema-source.js';
import { systemPages, systemQuery, type SystemQueryOptions } from '../../src/cluster/system-query.js';
import { connect } from '../../src/wire/connect.js';
import type { Connection } from '../../src/wire/connection.js';
import { connectOptions } from './wire.js';

/** A node of which a test makes and reads the schema, over one connection. */
export class SchemaNode {
  /** What readers have warned of. */
  readonly warnings: string[] = [];
  readonly connection: Connection;
  readonly close: () => void;

  private constructor(connection: Connection, close: () => void) {
    this.connection = connection;
    this.close = close;
  }

  static open(address: string): Promise<SchemaNode> {
    const [host, port] = address.split(':') as [string, string];
    return new Promise((resolve, reject) => {
      const options = connectOptions({ connectTimeout: 5_000, handshakeTimeout: 10_000 });
      const subscription = connect({ host, port: Number(port) }, options).subscribe({
        next: (connection) => resolve(new SchemaNode(connection, () => subscription.unsubscribe())),
        error: reject,
      });
    });
  }

  reader(options?: SystemQueryOptions): SchemaReader {
    return new SchemaReader({
      query: (cql, values) => systemPages(this.connection, cql, { ...options, values }),
      warn: (message) => this.warnings.push(message),
    });
  }

  read(): Promise<Schema> {
    return firstValueFrom(this.reader().read());
  }

  /** Runs statements one after another. The error of one has its text. */
  async run(...statements: readonly string[]): Promise<void> {
    for (const cql of statements) {
      const response = this.connection.send(
        {
          opcode: Opcode.QUERY,
          write: (writer, version) => writeQuery(writer, version, cql, { consistency: consistencyCode('ONE')! }),
        },
        { timeout: 60_000 },
      );
      await lastValueFrom(response).catch((error: unknown) => {
        throw new Error(`${(error as Error).message}\n${cql}`);
      });
    }
  }

  /** Has the server tell what changes. */
  async listen(): Promise<void> {
    const write = (writer: Writer): void => writeRegister(writer, ['SCHEMA_CHANGE']);
    await lastValueFrom(this.connection.send({ opcode: Opcode.REGISTER, write }, { timeout: 10_000 }));
  }

  /** What has changed, as the server says. */
  schemaChanges(): Observable<SchemaChange> {
    return this.connection.events.pipe(filter((event) => event.type === 'SCHEMA_CHANGE'));
  }

  /** All rows of a result. */
  async rows(cql: string, ...values: readonly string[]): Promise<Record<string, unknown>[]> {
    return lastValueFrom(systemQuery(this.connection, cql, { values }));
  }

  /** What the server itself has written down of a keyspace, without what is new each time something is created. */
  async systemRows(keyspace: string): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for (const source of SCHEMA_SOURCES) {
      if (source === 'scylla_tables' || source === 'dropped_columns') continue;
      const rows = await this.rows(`SELECT * FROM system_schema.${source} WHERE keyspace_name = ?`, keyspace);
      for (const row of rows) {
        delete row['id'];
        delete row['base_table_id'];
      }
      found[source] = rows;
    }
    return found;
  }

  /** The statements by which the server describes something: `KEYSPACE ks`. */
  async describe(what: string): Promise<string[]> {
    const rows = await this.rows(`DESCRIBE ${what}`);
    return rows.map((row) => row['create_statement'] as string).filter((statement) => !statement.startsWith('/*'));
  }
}
