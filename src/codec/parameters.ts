import { BindError, ConfigurationError } from '../errors.js';
import type { ProtocolVersion } from './envelope.js';
import { writeBytes, writeShort, writeString } from './primitives.js';
import type { Writer } from './writer.js';

/** Flags of QUERY, EXECUTE and BATCH (v5, section 4.1.4). */
const Flag = {
  VALUES: 0x0001,
  SKIP_METADATA: 0x0002,
  PAGE_SIZE: 0x0004,
  PAGING_STATE: 0x0008,
  SERIAL_CONSISTENCY: 0x0010,
  DEFAULT_TIMESTAMP: 0x0020,
  VALUE_NAMES: 0x0040,
  WITH_KEYSPACE: 0x0080,
  NOW_IN_SECONDS: 0x0100,
} as const;

/** Values bound to markers, which know how to write themselves. */
export interface BoundValues {
  readonly count: number;
  /** The markers that the values are for; undefined if they are in the order of the markers. */
  readonly names?: readonly string[] | undefined;
  /** Writes one `<value>`. */
  write(writer: Writer, index: number): void;
}

/** What QUERY, EXECUTE and BATCH have in common. */
export interface RequestParameters {
  /** The code of the consistency level. */
  readonly consistency: number;
  readonly serialConsistency?: number | undefined;
  /** Microseconds since the epoch. */
  readonly timestamp?: bigint | number | undefined;
  /** Protocol v5. */
  readonly keyspace?: string | undefined;
  /** Protocol v5. */
  readonly nowInSeconds?: number | undefined;
}

/** What QUERY and EXECUTE have besides. */
export interface QueryParameters extends RequestParameters {
  readonly values?: BoundValues | undefined;
  /** Where there are metadata ids: leave out the columns, which are known by their metadata id. */
  readonly skipMetadata?: boolean | undefined;
  /** Rows a page; undefined for all rows at once. */
  readonly pageSize?: number | undefined;
  readonly pagingState?: Uint8Array | undefined;
}

/**
 * ```
 * <consistency short> <flags: v4 byte, v5 int>
 * [<values>] [<page_size int>] [<paging_state bytes>] [<serial_consistency short>] [<timestamp long>]
 * v5: [<keyspace string>] [<now_in_seconds int>]
 * ```
 *
 * @throws ConfigurationError for what protocol v4 cannot carry.
 */
export function writeQueryParameters(writer: Writer, version: ProtocolVersion, parameters: QueryParameters): void {
  const { values, pageSize, pagingState } = parameters;
  const flags =
    (values === undefined ? 0 : Flag.VALUES) |
    (values?.names === undefined ? 0 : Flag.VALUE_NAMES) |
    (parameters.skipMetadata === true ? Flag.SKIP_METADATA : 0) |
    (pageSize === undefined ? 0 : Flag.PAGE_SIZE) |
    (pagingState === undefined ? 0 : Flag.PAGING_STATE);
  writeFlags(writer, version, flags, parameters);
  if (values !== undefined) writeValues(writer, values);
  if (pageSize !== undefined) writer.i32(pageSize);
  if (pagingState !== undefined) writeBytes(writer, pagingState);
  writeSettings(writer, parameters);
}

/**
 * ```
 * <consistency short> <flags: v4 byte, v5 int>
 * [<serial_consistency short>] [<timestamp long>] v5: [<keyspace string>] [<now_in_seconds int>]
 * ```
 *
 * @throws ConfigurationError for what protocol v4 cannot carry.
 */
export function writeBatchParameters(writer: Writer, version: ProtocolVersion, parameters: RequestParameters): void {
  writeFlags(writer, version, 0, parameters);
  writeSettings(writer, parameters);
}

/** `<n short> n x ([<name string>] <value>)` */
export function writeValues(writer: Writer, values: BoundValues): void {
  const { count, names } = values;
  writeShort(writer, count, 'values of a statement');
  for (let i = 0; i < count; i++) {
    if (names !== undefined) writeString(writer, names[i]!);
    values.write(writer, i);
  }
}

/** The same in a batch, for which the protocol has names, but no server can read them (CASSANDRA-10246). */
export function writeBatchValues(writer: Writer, values: BoundValues): void {
  if (values.names !== undefined)
    throw new BindError('The values of a statement in a batch go by position, not by name.');
  writeValues(writer, values);
}

/** The error for what protocol v4 has no place for: it is refused, never left out. */
export function needsVersion5(option: string): ConfigurationError {
  return new ConfigurationError(`The option "${option}" needs protocol v5; the server speaks v4.`);
}

function writeFlags(writer: Writer, version: ProtocolVersion, flags: number, parameters: RequestParameters): void {
  const { consistency, serialConsistency, timestamp, keyspace, nowInSeconds } = parameters;
  const all =
    flags |
    (serialConsistency === undefined ? 0 : Flag.SERIAL_CONSISTENCY) |
    (timestamp === undefined ? 0 : Flag.DEFAULT_TIMESTAMP) |
    (keyspace === undefined ? 0 : Flag.WITH_KEYSPACE) |
    (nowInSeconds === undefined ? 0 : Flag.NOW_IN_SECONDS);
  writer.u16(consistency);
  if (version >= 5) {
    writer.i32(all);
    return;
  }
  if (keyspace !== undefined) throw needsVersion5('keyspace');
  if (nowInSeconds !== undefined) throw needsVersion5('nowInSeconds');
  writer.u8(all);
}

function writeSettings(writer: Writer, parameters: RequestParameters): void {
  const { serialConsistency, timestamp, keyspace, nowInSeconds } = parameters;
  if (serialConsistency !== undefined) writer.u16(serialConsistency);
  if (typeof timestamp === 'number') writer.safeI64(timestamp);
  else if (timestamp !== undefined) writer.i64(timestamp);
  if (keyspace !== undefined) writeString(writer, keyspace);
  if (nowInSeconds !== undefined) writer.i32(nowInSeconds);
}
