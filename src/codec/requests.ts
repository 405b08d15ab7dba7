import type { ProtocolVersion } from './envelope.js';
import {
  type BoundValues,
  needsVersion5,
  type QueryParameters,
  type RequestParameters,
  writeBatchParameters,
  writeBatchValues,
  writeQueryParameters,
} from './parameters.js';
import { shortBytes, writeBytes, writeLongString, writeShort, writeShortBytes, writeString } from './primitives.js';
import { Stamp } from './stamp.js';
import type { Writer } from './writer.js';

// The bodies of requests (v5, section 4.1). What each holds stands above its function; `[…]` is there only if its flag is set.
// OPTIONS has none.

/** `<options string map>` */
export function writeStartup(writer: Writer, options: Readonly<Record<string, string>>): void {
  const entries = Object.entries(options);
  writeShort(writer, entries.length, 'options');
  for (const [key, value] of entries) {
    writeString(writer, key);
    writeString(writer, value);
  }
}

/** `<token bytes>` */
export function writeAuthResponse(writer: Writer, token: Uint8Array | null): void {
  writeBytes(writer, token);
}

/** `<events string list>` */
export function writeRegister(writer: Writer, events: readonly string[]): void {
  writeShort(writer, events.length, 'events');
  for (const event of events) writeString(writer, event);
}

/**
 * v4 `<query long string>`; v5 `<query long string> <flags int> [<keyspace string>]`
 *
 * @throws ConfigurationError for a keyspace on v4.
 */
export function writePrepare(writer: Writer, version: ProtocolVersion, cql: string, keyspace?: string): void {
  if (version < 5 && keyspace !== undefined) throw needsVersion5('keyspace');
  writeLongString(writer, cql);
  if (version < 5) return;
  writer.i32(keyspace === undefined ? 0 : 0x01);
  if (keyspace !== undefined) writeString(writer, keyspace);
}

/** `<query long string> <query parameters>` */
export function writeQuery(writer: Writer, version: ProtocolVersion, cql: string, parameters: QueryParameters): void {
  writeLongString(writer, cql);
  writeQueryParameters(writer, version, parameters);
}

/** `<ids> <query parameters>` */
export function writeExecute(writer: Writer, version: ProtocolVersion, ids: Stamp, parameters: QueryParameters): void {
  writer.stamp(ids);
  writeQueryParameters(writer, version, parameters);
}

/**
 * What each EXECUTE of a statement begins with: `<id short bytes> [<result_metadata_id short bytes>]`; the second as the dialect has it: in
 * v5, not in plain v4.
 *
 * @throws BindError for an id of more than 65,535 bytes.
 */
export function executeIds(id: Uint8Array, metadataId: Uint8Array | undefined, hasMetadataIds: boolean): Stamp {
  return new Stamp(...shortBytes(id), ...(hasMetadataIds ? shortBytes(metadataId ?? NO_BYTES) : []));
}

const NO_BYTES = new Uint8Array(0);

/** How the statements of a batch belong together. */
export type BatchType = 'logged' | 'unlogged' | 'counter';

const BATCH_TYPES: Readonly<Record<BatchType, number>> = { logged: 0, unlogged: 1, counter: 2 };

/** A statement of a batch: by its text or by the id under which it is prepared. */
export interface BatchStatement {
  readonly statement: string | Uint8Array;
  readonly values: BoundValues;
}

/**
 * ```
 * <type byte> <n short> n x (<kind byte> <0: query long string, 1: id short bytes> <n short> n x <value>) <batch parameters>
 * ```
 *
 * A prepared statement goes without its result_metadata_id: a batch has no rows, or those of a condition.
 */
export function writeBatch(
  writer: Writer,
  version: ProtocolVersion,
  type: BatchType,
  statements: readonly BatchStatement[],
  parameters: RequestParameters,
): void {
  writer.u8(BATCH_TYPES[type]);
  writeShort(writer, statements.length, 'statements of a batch');
  for (const { statement, values } of statements) {
    const isText = typeof statement === 'string';
    writer.u8(isText ? 0 : 1);
    if (isText) writeLongString(writer, statement);
    else writeShortBytes(writer, statement);
    writeBatchValues(writer, values);
  }
  writeBatchParameters(writer, version, parameters);
}

/** `<n short> n x (<name string> <value bytes>)`: precedes the body of a request whose envelope says so. */
export function writeCustomPayload(writer: Writer, payload: ReadonlyMap<string, Uint8Array>): void {
  writeShort(writer, payload.size, 'entries of a custom payload');
  for (const [name, value] of payload) {
    writeString(writer, name);
    writeBytes(writer, value);
  }
}
