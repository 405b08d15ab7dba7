import { anything, type Checks, checkOptions } from '../../check.js';
import { Opcode } from '../../codec/envelope.js';
import { writeBytes, writeShortBytes } from '../../codec/primitives.js';
import { BindError, ConfigurationError } from '../../errors.js';
import {
  type Columns,
  encodeCell,
  haveOneTable,
  metadataId,
  resolveColumns,
  type ServerColumn,
  writeColumns,
} from './columns.js';
import { PARAMETER_CHECKS, type ParameterOptions, preparation } from './prepared.js';
import { type AnswerContext, CqlResponse, type ResponseOptions } from './response.js';

/** What comes with rows. */
export interface RowsOptions extends ParameterOptions, ResponseOptions {
  /** Says that there are more pages, and where: the next request has it. */
  readonly pagingState?: Uint8Array | string;
}

/** A row: its values in the order of the columns, or by their names. What is missing is null. */
export type RowValues = readonly unknown[] | Readonly<Record<string, unknown>>;

const CHECKS: Checks<RowsOptions> = { ...PARAMETER_CHECKS, pagingState: anything };

/** The flags of metadata. */
const GLOBAL_TABLES_SPEC = 0x1;
const HAS_MORE_PAGES = 0x2;
const NO_METADATA = 0x4;
const METADATA_CHANGED = 0x8;

/**
 * A result with rows. Values are what the driver takes for the types of the columns, and encoded at once.
 *
 * Answering PREPARE, it becomes the description of these rows, so that a rule for a statement serves it prepared or not;
 * `parameters` then says what its markers take. Native protocol v5, section 4.2.5.2.
 *
 * @param columns The columns and their types: `{ id: 'int', tags: 'set<text>' }`, or a list.
 * @param values The rows: arrays, or objects.
 * @throws ConfigurationError for an option that there is not, or a type that is none; BindError for a value that its column cannot hold.
 *
 * @example
 * ```ts
 * rows({ id: 'int', name: 'text' }, [[1, 'Ada'], { id: 2, name: 'Grace' }], { pagingState: 'next' });
 * ```
 */
export function rows(columns: Columns, values: readonly RowValues[], options: RowsOptions = {}): CqlResponse {
  checkOptions(options, CHECKS, 'options of rows()');
  const resolved = resolveColumns(columns, options);
  if (!isList(values)) throw new ConfigurationError('Rows are a list of arrays or objects, one for each row.');
  const cells = values.map((row, index) => encodeRow(resolved, row, index));
  const pagingState = options.pagingState === undefined ? undefined : Buffer.from(options.pagingState);
  return new CqlResponse({
    opcode: Opcode.RESULT,
    options,
    preparation: preparation(resolved, options),
    seen: () => ({ rows: values.map((row) => byName(resolved, row)), hasMorePages: pagingState !== undefined }),
    write: (writer, context) => {
      const metadata = metadataFlags(resolved, context);
      const isGlobal = haveOneTable(resolved) && !(metadata & NO_METADATA);
      writer.i32(2);
      writer.i32(metadata | (isGlobal ? GLOBAL_TABLES_SPEC : 0) | (pagingState === undefined ? 0 : HAS_MORE_PAGES));
      writer.i32(resolved.length);
      if (pagingState !== undefined) writeBytes(writer, pagingState);
      if (metadata & METADATA_CHANGED) writeShortBytes(writer, metadataId(resolved));
      if (!(metadata & NO_METADATA)) writeColumns(writer, resolved, context.version);
      writer.i32(cells.length);
      for (const row of cells) for (const cell of row) writeBytes(writer, cell);
    },
  });
}

/** Cassandra leaves the columns out where they are known, and tells a client that sends ids when they are others than it expects. */
function metadataFlags(
  columns: readonly ServerColumn[],
  { request, statement, version, hasMetadataIds = version >= 5 }: AnswerContext,
): number {
  if (request?.opcode !== 'EXECUTE') return 0;
  const id = metadataId(columns);
  const skips = request.skipMetadata === true;
  if (!hasMetadataIds)
    return skips && statement !== undefined && metadataId(statement.columns).equals(id) ? NO_METADATA : 0;
  if (request.resultMetadataId?.equals(id) !== true) return METADATA_CHANGED;
  return skips ? NO_METADATA : 0;
}

function encodeRow(columns: readonly ServerColumn[], row: RowValues, index: number): (Buffer | null)[] {
  const cell = (column: ServerColumn, value: unknown): Buffer | null => {
    try {
      return encodeCell(column, value);
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      throw new BindError(`Row ${index}: ${error.message}`, { column: column.name });
    }
  };
  if (isList(row)) {
    if (row.length !== columns.length) {
      throw new ConfigurationError(`Row ${index} has ${row.length} values; there are ${columns.length} columns.`);
    }
    return columns.map((column, i) => cell(column, row[i]));
  }
  if (typeof row !== 'object' || (row as unknown) === null) {
    throw new ConfigurationError(`Row ${index} is neither an array of values nor an object.`);
  }
  const stray = Object.keys(row).find((name) => columns.every((column) => column.name !== name));
  if (stray !== undefined) throw new ConfigurationError(`Row ${index} has a value for "${stray}", which is no column.`);
  return columns.map((column) => cell(column, Object.hasOwn(row, column.name) ? row[column.name] : null));
}

function byName(columns: readonly ServerColumn[], row: RowValues): Readonly<Record<string, unknown>> {
  const value = (name: string, index: number): unknown =>
    isList(row) ? row[index] : Object.hasOwn(row, name) ? row[name] : null;
  return Object.fromEntries(columns.map(({ name }, index) => [name, value(name, index) ?? null]));
}

function isList(row: RowValues): row is readonly unknown[] {
  return Array.isArray(row);
}
