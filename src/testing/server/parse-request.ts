import { consistencyName } from '../../codec/consistency.js';
import { type Envelope, EnvelopeFlag, Opcode, type ProtocolVersion } from '../../codec/envelope.js';
import { Reader } from '../../codec/reader.js';
import { valueCodec } from '../../codec/value-codec.js';
import { ProtocolError } from '../../errors.js';
import type { ServerColumn } from './columns.js';
import type { CqlRequest, RequestOpcode, RequestStatement } from './request.js';

const OPCODES: ReadonlyMap<number, RequestOpcode> = new Map(
  (['STARTUP', 'OPTIONS', 'QUERY', 'PREPARE', 'EXECUTE', 'REGISTER', 'BATCH', 'AUTH_RESPONSE'] as const).map((name) => [
    Opcode[name],
    name,
  ]),
);

/** What a server knows of a statement that it has prepared. */
export interface KnownStatement {
  readonly cql: string;
  readonly parameters: readonly ServerColumn[];
}

/** What is known of a request besides its bytes. */
export interface RequestOrigin {
  readonly connection: number;
  readonly node: string;
  readonly version: ProtocolVersion;
  /** Whether EXECUTE has metadata ids. Default: in v5. */
  readonly hasMetadataIds?: boolean;
  statement(id: Buffer): KnownStatement | undefined;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Reads a request.
 *
 * ```
 * [<custom payload bytes map>]   if the envelope's flag says so
 * <body by opcode>               as in src/codec/requests.ts
 * ```
 *
 * @throws ProtocolError for an opcode that is no request; DecodeError if the body ends too early.
 */
export function parseRequest(envelope: Envelope, origin: RequestOrigin): CqlRequest {
  const { flags, streamId, buffer, start, end } = envelope;
  const opcode = OPCODES.get(envelope.opcode);
  if (opcode === undefined) throw new ProtocolError(`0x${envelope.opcode.toString(16)} is the opcode of no request.`);
  const { connection, node, version } = origin;
  const body = buffer.subarray(start, end);
  const reader = new Reader(buffer, start, end);
  const request: Writable<CqlRequest> = {
    opcode,
    streamId,
    connection,
    node,
    version,
    values: [],
    tracing: (flags & EnvelopeFlag.TRACING) !== 0,
    body,
  };
  if (flags & EnvelopeFlag.CUSTOM_PAYLOAD) request.customPayload = reader.bytesMap();
  readBody(reader, request, origin);
  return request;
}

function readBody(reader: Reader, request: Writable<CqlRequest>, origin: RequestOrigin): void {
  switch (request.opcode) {
    case 'STARTUP':
      request.options = readStringMap(reader);
      break;
    case 'OPTIONS':
      break;
    case 'REGISTER':
      request.events = reader.stringList();
      break;
    case 'AUTH_RESPONSE':
      request.token = reader.bytes();
      break;
    case 'PREPARE':
      request.cql = readLongString(reader);
      if (request.version >= 5 && reader.i32() & 0x01) request.keyspace = reader.string();
      break;
    case 'QUERY':
      request.cql = readLongString(reader);
      readQueryParameters(reader, request, []);
      break;
    case 'EXECUTE': {
      request.preparedId = reader.shortBytes();
      if (origin.hasMetadataIds ?? request.version >= 5) request.resultMetadataId = reader.shortBytes();
      const statement = origin.statement(request.preparedId);
      if (statement !== undefined) request.cql = statement.cql;
      readQueryParameters(reader, request, statement?.parameters ?? []);
      break;
    }
    case 'BATCH':
      readBatch(reader, request, origin);
  }
}

/** Flags of QUERY, EXECUTE and BATCH (v5, section 4.1.4). */
const VALUES = 0x0001;
const SKIP_METADATA = 0x0002;
const PAGE_SIZE = 0x0004;
const PAGING_STATE = 0x0008;
const SERIAL_CONSISTENCY = 0x0010;
const DEFAULT_TIMESTAMP = 0x0020;
const VALUE_NAMES = 0x0040;
const WITH_KEYSPACE = 0x0080;
const NOW_IN_SECONDS = 0x0100;

/**
 * ```
 * <consistency short> <flags: v4 byte, v5 int>
 * [<values>] [<page_size int>] [<paging_state bytes>] [<serial_consistency short>] [<timestamp long>]
 * v5: [<keyspace string>] [<now_in_seconds int>]
 * ```
 */
function readQueryParameters(reader: Reader, request: Writable<CqlRequest>, parameters: readonly ServerColumn[]): void {
  const flags = readFlags(reader, request);
  if (flags & VALUES) readValues(reader, request, parameters, (flags & VALUE_NAMES) !== 0);
  request.skipMetadata = (flags & SKIP_METADATA) !== 0;
  if (flags & PAGE_SIZE) request.pageSize = reader.i32();
  if (flags & PAGING_STATE) request.pagingState = reader.bytes() ?? Buffer.alloc(0);
  readSettings(reader, request, flags);
}

/** `<consistency short> <flags: v4 byte, v5 int>` */
function readFlags(reader: Reader, request: Writable<CqlRequest>): number {
  const consistency = consistencyName(reader.u16());
  if (consistency !== undefined) request.consistency = consistency;
  return request.version >= 5 ? reader.i32() : reader.u8();
}

function readSettings(reader: Reader, request: Writable<CqlRequest>, flags: number): void {
  if (flags & SERIAL_CONSISTENCY) {
    const consistency = consistencyName(reader.u16());
    if (consistency !== undefined) request.serialConsistency = consistency;
  }
  if (flags & DEFAULT_TIMESTAMP) request.timestamp = reader.i64();
  if (request.version < 5) return;
  if (flags & WITH_KEYSPACE) request.keyspace = reader.string();
  if (flags & NOW_IN_SECONDS) request.nowInSeconds = reader.i32();
}

/** `<n short> n x ([<name string>] <value>)` */
function readValues(
  reader: Reader,
  request: Writable<CqlRequest>,
  parameters: readonly ServerColumn[],
  areNamed: boolean,
): void {
  const count = reader.u16();
  const values: unknown[] = [];
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    if (areNamed) names.push(reader.string());
    const parameter = areNamed ? parameters.find(({ name }) => name === names[i]) : parameters[i];
    values.push(readValue(reader, parameter));
  }
  request.values = values;
  if (areNamed) request.names = names;
}

/** `<value>`: an int length, -1 for null and -2 for one that is not set. */
function readValue(reader: Reader, parameter: ServerColumn | undefined): unknown {
  const length = reader.i32();
  if (length === -1) return null;
  if (length === -2) return undefined;
  const at = reader.take(length);
  const bytes = Buffer.from(reader.buffer.subarray(at, at + length));
  if (parameter === undefined) return bytes;
  try {
    return valueCodec(parameter.type).decode(bytes, 0, length);
  } catch {
    // That a value cannot be read is for a rule to say, and for a test to see.
    return bytes;
  }
}

const BATCH_TYPES = ['logged', 'unlogged', 'counter'] as const;

/** `<type byte> <n short> n x (<kind byte> <0: query long string, 1: id short bytes> <values>) <batch parameters>` */
function readBatch(reader: Reader, request: Writable<CqlRequest>, origin: RequestOrigin): void {
  request.batchType = BATCH_TYPES[reader.u8()] ?? 'logged';
  const count = reader.u16();
  const statements: RequestStatement[] = [];
  for (let i = 0; i < count; i++) {
    const isPrepared = reader.u8() === 1;
    const preparedId = isPrepared ? reader.shortBytes() : undefined;
    const known = preparedId && origin.statement(preparedId);
    const cql = isPrepared ? known?.cql : readLongString(reader);
    const read: Writable<CqlRequest> = { ...request };
    readValues(reader, read, known?.parameters ?? [], false);
    statements.push({ values: read.values, ...(cql !== undefined && { cql }), ...(preparedId && { preparedId }) });
  }
  request.statements = statements;
  readSettings(reader, request, readFlags(reader, request));
}

function readLongString(reader: Reader): string {
  const length = reader.i32();
  const at = reader.take(length);
  return reader.buffer.toString('utf8', at, at + length);
}

function readStringMap(reader: Reader): Map<string, string> {
  const map = new Map<string, string>();
  for (let count = reader.u16(); count > 0; count--) map.set(reader.string(), reader.string());
  return map;
}
