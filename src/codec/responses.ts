import { DecodeError, type ResponseError } from '../errors.js';
import { type Envelope, EnvelopeFlag, Opcode } from './envelope.js';
import { readError } from './error-response.js';
import { type CqlEvent, readEvent, readSchemaChange, type SchemaChange } from './event.js';
import { type Extensions, NO_EXTENSIONS } from './extensions.js';
import { type ParameterMetadata, readParameterMetadata, readRowsMetadata } from './metadata.js';
import { Reader } from './reader.js';
import type { ResultColumns } from './result-columns.js';
import { Rows } from './rows.js';
import { DEFAULT_VALUES, type ValueSettings } from './value-options.js';

/** What may come with any response, before its body proper. */
export interface ResponseHeader {
  readonly tracingId: string | undefined;
  readonly warnings: readonly string[];
  readonly customPayload: ReadonlyMap<string, Buffer> | undefined;
}

export interface VoidResult {
  readonly kind: 'void';
  readonly header: ResponseHeader;
}

export interface RowsResult {
  readonly kind: 'rows';
  readonly header: ResponseHeader;
  readonly rows: Rows;
  readonly pagingState: Buffer | undefined;
  /** Where there are metadata ids: the statement's result metadata has changed to this. */
  readonly newMetadataId: Buffer | undefined;
}

export interface SetKeyspaceResult {
  readonly kind: 'setKeyspace';
  readonly header: ResponseHeader;
  readonly keyspace: string;
}

export interface PreparedResult extends ParameterMetadata {
  readonly kind: 'prepared';
  readonly header: ResponseHeader;
  readonly id: Buffer;
  /** Undefined where there are none. */
  readonly metadataId: Buffer | undefined;
  /** Undefined where the statement has no rows, or its rows are not known before it runs. */
  readonly described: ResultColumns | undefined;
}

export interface SchemaChangeResult {
  readonly kind: 'schemaChange';
  readonly header: ResponseHeader;
  readonly change: SchemaChange;
}

/** The body of a RESULT. */
export type Result = VoidResult | RowsResult | SetKeyspaceResult | PreparedResult | SchemaChangeResult;

/** A response of any kind. */
export type Response =
  | Result
  | { readonly kind: 'error'; readonly header: ResponseHeader; readonly error: ResponseError }
  | { readonly kind: 'ready' }
  | { readonly kind: 'authenticate'; readonly authenticator: string }
  | { readonly kind: 'supported'; readonly options: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'event'; readonly event: CqlEvent }
  | { readonly kind: 'authChallenge' | 'authSuccess'; readonly token: Buffer | null };

/** What whoever waits for a response knows of it. */
export interface ResponseContext {
  /** What the values are to be in JavaScript. */
  readonly values: ValueSettings;
  /** The columns that are expected: of a prepared statement, or of the page before. */
  readonly columns?: ResultColumns | undefined;
  /** Whether the server was asked to leave them out. */
  readonly isOmitted?: boolean;
}

const NOTHING_KNOWN: ResponseContext = { values: DEFAULT_VALUES };

const NO_WARNINGS: readonly string[] = [];
const PLAIN: ResponseHeader = { tracingId: undefined, warnings: NO_WARNINGS, customPayload: undefined };
const PLAIN_VOID: VoidResult = { kind: 'void', header: PLAIN };

/**
 * Reads a response.
 *
 * ```
 * [<tracing id uuid>] [<warnings string list>] [<custom payload bytes map>]   each if the envelope's flag says so
 * <body by opcode>
 * ```
 *
 * Bytes that follow the body are ignored, as the specification wants it.
 *
 * @throws DecodeError if it cannot be read as what it claims to be.
 */
export function readResponse(
  envelope: Envelope,
  context: ResponseContext = NOTHING_KNOWN,
  extensions: Extensions = NO_EXTENSIONS,
): Response {
  const reader = new Reader(envelope.buffer, envelope.start, envelope.end);
  const header = readHeader(reader, envelope.flags);
  switch (envelope.opcode) {
    case Opcode.RESULT:
      return readResult(reader, header, envelope.version, context, extensions);
    case Opcode.ERROR:
      return { kind: 'error', header, error: readError(reader, envelope.version, extensions.rateLimitCode) };
    case Opcode.READY:
      return { kind: 'ready' };
    case Opcode.AUTHENTICATE:
      return { kind: 'authenticate', authenticator: reader.string() };
    case Opcode.SUPPORTED:
      return { kind: 'supported', options: reader.stringMultimap() };
    case Opcode.EVENT:
      return { kind: 'event', event: readEvent(reader) };
    case Opcode.AUTH_CHALLENGE:
      return { kind: 'authChallenge', token: reader.bytes() };
    case Opcode.AUTH_SUCCESS:
      return { kind: 'authSuccess', token: reader.bytes() };
    default:
      throw new DecodeError(`The opcode 0x${envelope.opcode.toString(16).padStart(2, '0')} is no response.`);
  }
}

function readHeader(reader: Reader, flags: number): ResponseHeader {
  if ((flags & (EnvelopeFlag.TRACING | EnvelopeFlag.WARNING | EnvelopeFlag.CUSTOM_PAYLOAD)) === 0) return PLAIN;
  return {
    tracingId: flags & EnvelopeFlag.TRACING ? reader.uuid() : undefined,
    warnings: flags & EnvelopeFlag.WARNING ? reader.stringList() : NO_WARNINGS,
    customPayload: flags & EnvelopeFlag.CUSTOM_PAYLOAD ? reader.bytesMap() : undefined,
  };
}

/** The kinds of RESULT (v5, section 4.2.5). */
const VOID = 1;
const ROWS = 2;
const SET_KEYSPACE = 3;
const PREPARED = 4;
const SCHEMA_CHANGE = 5;

function readResult(
  reader: Reader,
  header: ResponseHeader,
  version: number,
  context: ResponseContext,
  extensions: Extensions,
): Result {
  const kind = reader.i32();
  switch (kind) {
    case VOID:
      return header === PLAIN ? PLAIN_VOID : { kind: 'void', header };
    case ROWS:
      return readRows(reader, header, context);
    case SET_KEYSPACE:
      return { kind: 'setKeyspace', header, keyspace: reader.string() };
    case PREPARED:
      return readPrepared(reader, header, version, context, extensions);
    case SCHEMA_CHANGE:
      return { kind: 'schemaChange', header, change: readSchemaChange(reader) };
    default:
      throw new DecodeError(`A result of kind ${kind} is not known.`);
  }
}

/** `<metadata> <rows_count int> rows_count x columns_count x <bytes>` */
function readRows(reader: Reader, header: ResponseHeader, context: ResponseContext): RowsResult {
  const metadata = readRowsMetadata(reader, context.values, context.columns);
  const described =
    metadata.described ?? (context.isOmitted === true ? context.columns?.for(context.values) : undefined);
  if (described?.columns.length !== metadata.columnCount) {
    throw new DecodeError(`${metadata.columnCount} columns came without a description, and none is known that fits.`);
  }
  const count = reader.i32();
  // Such rows could be announced without end.
  if (count > 0 && metadata.columnCount === 0) throw new DecodeError(`${count} rows came without columns.`);
  // A cell has four bytes at least.
  reader.count(count, 4 * metadata.columnCount);
  return {
    kind: 'rows',
    header,
    rows: new Rows(described, count, reader.buffer, reader.position, reader.end),
    pagingState: metadata.pagingState,
    newMetadataId: metadata.newMetadataId,
  };
}

/** `<id short bytes> [<result_metadata_id short bytes>] <parameter metadata> <rows metadata>` */
function readPrepared(
  reader: Reader,
  header: ResponseHeader,
  version: number,
  { values }: ResponseContext,
  { hasMetadataIds, conditionalMask }: Extensions,
): PreparedResult {
  const id = reader.shortBytes();
  const metadataId = version >= 5 || hasMetadataIds ? reader.shortBytes() : undefined;
  const markers = readParameterMetadata(reader, values, conditionalMask);
  const { described } = readRowsMetadata(reader, values);
  const hasColumns = described !== undefined && described.columns.length > 0;
  return {
    kind: 'prepared',
    header,
    id,
    metadataId,
    ...markers,
    described: hasColumns ? described : undefined,
  };
}
