import { BindError } from '../errors.js';
import type { ProtocolVersion } from './envelope.js';
import type { Writer } from './writer.js';

// The bodies of requests. What each holds stands above its function; `[…]` is there only if its flag is set.

/** The most that a `[short]` counts: bytes of a string, values of a statement. */
export const MAX_SHORT = 0xffff;

/** Flags of QUERY and EXECUTE (v5, section 4.1.4). */
const QueryFlag = {
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

/** What QUERY and EXECUTE have in common. */
export interface QueryParameters {
  /** The code of the consistency level. */
  readonly consistency: number;
  readonly values?: BoundValues | undefined;
  /** Protocol v5: leave out the columns, which are known by their metadata id. */
  readonly skipMetadata?: boolean | undefined;
  /** Rows a page; undefined for all rows at once. */
  readonly pageSize?: number | undefined;
  readonly pagingState?: Uint8Array | undefined;
  readonly serialConsistency?: number | undefined;
  /** Microseconds since the epoch. */
  readonly timestamp?: bigint | undefined;
  /** Protocol v5. */
  readonly keyspace?: string | undefined;
  /** Protocol v5. */
  readonly nowInSeconds?: number | undefined;
}

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

/** v4 `<query long string>`; v5 `<query long string> <flags int> [<keyspace string>]` */
export function writePrepare(writer: Writer, version: ProtocolVersion, cql: string, keyspace?: string): void {
  writeLongString(writer, cql);
  if (version < 5) return;
  writer.i32(keyspace === undefined ? 0 : 0x01);
  if (keyspace !== undefined) writeString(writer, keyspace);
}

/** `<query long string> <query parameters>` */
export function writeQuery(writer: Writer, version: ProtocolVersion, cql: string, parameters: QueryParameters): void {
  writeLongString(writer, cql);
  writeParameters(writer, version, parameters);
}

/** v4 `<id short bytes> <query parameters>`; v5 `<id short bytes> <result_metadata_id short bytes> <query parameters>` */
export function writeExecute(
  writer: Writer,
  version: ProtocolVersion,
  id: Uint8Array,
  metadataId: Uint8Array | undefined,
  parameters: QueryParameters,
): void {
  writeShortBytes(writer, id);
  if (version >= 5) writeShortBytes(writer, metadataId ?? NO_BYTES);
  writeParameters(writer, version, parameters);
}

const NO_BYTES = new Uint8Array(0);

/**
 * ```
 * <consistency short> <flags: v4 byte, v5 int>
 * [<n short> n x ([<name string>] <value>)] [<page_size int>] [<paging_state bytes>] [<serial_consistency short>] [<timestamp long>]
 * v5: [<keyspace string>] [<now_in_seconds int>]
 * ```
 */
function writeParameters(writer: Writer, version: ProtocolVersion, parameters: QueryParameters): void {
  const { values, pageSize, pagingState, serialConsistency, timestamp, keyspace, nowInSeconds } = parameters;
  const flags =
    (values === undefined ? 0 : QueryFlag.VALUES) |
    (values?.names === undefined ? 0 : QueryFlag.VALUE_NAMES) |
    (parameters.skipMetadata === true ? QueryFlag.SKIP_METADATA : 0) |
    (pageSize === undefined ? 0 : QueryFlag.PAGE_SIZE) |
    (pagingState === undefined ? 0 : QueryFlag.PAGING_STATE) |
    (serialConsistency === undefined ? 0 : QueryFlag.SERIAL_CONSISTENCY) |
    (timestamp === undefined ? 0 : QueryFlag.DEFAULT_TIMESTAMP) |
    (keyspace === undefined ? 0 : QueryFlag.WITH_KEYSPACE) |
    (nowInSeconds === undefined ? 0 : QueryFlag.NOW_IN_SECONDS);
  writer.u16(parameters.consistency);
  if (version >= 5) writer.i32(flags);
  else writer.u8(flags);
  if (values !== undefined) {
    writeShort(writer, values.count, 'values of a statement');
    for (let i = 0; i < values.count; i++) {
      if (values.names !== undefined) writeString(writer, values.names[i]!);
      values.write(writer, i);
    }
  }
  if (pageSize !== undefined) writer.i32(pageSize);
  if (pagingState !== undefined) writeBytes(writer, pagingState);
  if (serialConsistency !== undefined) writer.u16(serialConsistency);
  if (timestamp !== undefined) writer.i64(timestamp);
  if (keyspace !== undefined) writeString(writer, keyspace);
  if (nowInSeconds !== undefined) writer.i32(nowInSeconds);
}

/** `<name string> <value bytes>` of each entry: precedes the body of a request whose envelope says so. */
export function writeCustomPayload(writer: Writer, payload: ReadonlyMap<string, Uint8Array>): void {
  writeShort(writer, payload.size, 'entries of a custom payload');
  for (const [name, value] of payload) {
    writeString(writer, name);
    writeBytes(writer, value);
  }
}

function writeString(writer: Writer, text: string): void {
  const bytes = Buffer.from(text);
  writeShort(writer, bytes.length, 'bytes of a string');
  writer.bytes(bytes);
}

/** `[short]`: a count that would not fit is refused, since it would be cut off. */
function writeShort(writer: Writer, count: number, of: string): void {
  if (count > MAX_SHORT) throw new BindError(`${count} ${of} are more than the ${MAX_SHORT} that the protocol allows.`);
  writer.u16(count);
}

function writeLongString(writer: Writer, text: string): void {
  const mark = writer.reserve();
  writer.utf8(text);
  writer.patchLength(mark);
}

function writeBytes(writer: Writer, value: Uint8Array | null): void {
  writer.i32(value === null ? -1 : value.length);
  if (value !== null) writer.bytes(value);
}

function writeShortBytes(writer: Writer, value: Uint8Array): void {
  writeShort(writer, value.length, 'bytes of an id');
  writer.bytes(value);
}
