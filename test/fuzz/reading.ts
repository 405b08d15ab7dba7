import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { type Envelope, HEADER_LENGTH, Opcode } from '../../src/codec/envelope.js';
import { readResponse, type Response, type ResponseContext } from '../../src/codec/responses.js';
import type { ResultColumns } from '../../src/codec/result-columns.js';
import type { RowObject } from '../../src/codec/row.js';
import type { Rows } from '../../src/codec/rows.js';
import type { ValueSettings } from '../../src/codec/value-options.js';
import { DecodeError } from '../../src/errors.js';
import { readCorpus } from './corpus.js';
import { Violation } from './violation.js';

/** What an envelope was read as. */
export interface Reading {
  /** The kind of response, with `+` where its rows end in an error; or the code of the error that it is instead. */
  readonly kind: string;
  /** What it says, without what is a function or the bytes that it was read from. */
  readonly value: unknown;
  readonly page?: Page | undefined;
}

/** Rows, and what reading them one by one, by the interpreter, has given. */
export interface Page {
  readonly rows: Rows;
  readonly objects: readonly RowObject[];
  /** What kept the rest of them from being read. */
  readonly failure: DecodeError | undefined;
}

/** @throws Violation for what the driver throws instead of a DecodeError. */
export function readEnvelope(envelope: Envelope, values: ValueSettings): Reading {
  let response: Response;
  try {
    response = respond(envelope, values);
  } catch (error) {
    return { kind: expectDecodeError(error).code, value: (error as Error).message };
  }
  if (response.kind !== 'rows') return { kind: response.kind, value: describe(response) };
  const page = readPage(response.rows);
  const { rows, ...rest } = response;
  return {
    kind: page.failure === undefined ? 'rows' : 'rows+',
    value: [rest, rows.columns.map(describeColumn), page.objects, page.failure?.message],
    page,
  };
}

/** Where columns were left out, as a server does if it is asked to, they are those of a page of the same number of columns. */
function respond(envelope: Envelope, values: ValueSettings): Response {
  const known = envelope.opcode === Opcode.RESULT ? omitted(envelope, values) : undefined;
  const context: ResponseContext = known === undefined ? { values } : { values, columns: known, isOmitted: true };
  return readResponse(envelope, context);
}

const NO_METADATA = 0x4;

/** Rows without columns, with nothing before their body: `<kind int> <flags int> <columns_count int>`. */
function omitted({ flags, buffer, start, end }: Envelope, values: ValueSettings): ResultColumns | undefined {
  if (flags !== 0 || end - start < 12 || (buffer.readInt32BE(start + 4) & NO_METADATA) === 0) return undefined;
  return knownColumns(values).get(buffer.readInt32BE(start + 8));
}

const known = new Map<ValueSettings, ReadonlyMap<number, ResultColumns>>();

/** The columns of recorded pages, by their number. */
function knownColumns(values: ValueSettings): ReadonlyMap<number, ResultColumns> {
  const before = known.get(values);
  if (before !== undefined) return before;
  const columns = new Map<number, ResultColumns>();
  known.set(values, columns);
  for (const { bytes, version } of readCorpus()) {
    if (bytes[4] !== Opcode.RESULT || bytes[1] !== 0) continue;
    const envelope = { version, flags: 0, streamId: 1, opcode: Opcode.RESULT, buffer: bytes, end: bytes.length };
    try {
      const response = readResponse({ ...envelope, start: HEADER_LENGTH }, { values });
      if (response.kind === 'rows') columns.set(response.rows.columns.length, response.rows.described);
    } catch {
      // The columns are left out of this one, too.
    }
  }
  return columns;
}

export function readPage(rows: Rows): Page {
  const cursor = rows.cursor();
  const objects: RowObject[] = [];
  const names = new Set(rows.columns.map(({ name }) => name));
  try {
    for (let row = 0; row < rows.rowCount; row++) {
      const object = cursor.next();
      if (Object.getPrototypeOf(object) !== Object.prototype || Object.keys(object).length !== names.size) {
        throw new Violation('A row is not an object of its columns.');
      }
      objects.push(object);
    }
    return { rows, objects, failure: undefined };
  } catch (error) {
    return { rows, objects, failure: expectDecodeError(error) };
  }
}

/** A codec that throws anything else is wrapped in one: it is the cause that tells. */
function expectDecodeError(error: unknown): DecodeError {
  if (error instanceof Violation) throw error;
  if (!(error instanceof DecodeError)) throw new Violation('What was thrown is no DecodeError.', error);
  if (error.message.includes('its codec failed'))
    throw new Violation('A codec threw what is no DecodeError.', error.cause);
  return error;
}

function describe(response: Response): unknown {
  if (response.kind !== 'prepared') return response;
  const { described, parameters, ...rest } = response;
  return [rest, described?.columns.map(describeColumn), parameters.map(describeColumn)];
}

const describeColumn = ({ name, type, keyspace, table, cqlType }: ColumnSpec): unknown => [
  name,
  type,
  keyspace,
  table,
  cqlType,
];
