import { anything, type Checks, checkOptions, list } from '../../check.js';
import { Opcode } from '../../codec/envelope.js';
import { writeShortBytes } from '../../codec/primitives.js';
import { ConfigurationError } from '../../errors.js';
import {
  COLUMN_CHECKS,
  type ColumnOptions,
  type Columns,
  haveOneTable,
  metadataId,
  resolveColumns,
  type ServerColumn,
  writeColumns,
} from './columns.js';
import { markersOf } from './markers.js';
import type { CqlRequest } from './request.js';
import { CqlResponse, RESPONSE_CHECKS, type ResponseOptions } from './response.js';
import { type ServerStatement, statementId } from './server-statement.js';

/** What the markers of a statement take. */
export interface ParameterOptions extends ColumnOptions {
  /**
   * The markers, in order. Default: as many as the text of the statement has, each `text`, with the name of the column that
   * it is for, where that can be seen.
   */
  readonly parameters?: Columns;
  /** The parameters that make up the partition key, in its order. Default: none, so that requests have no routing key. */
  readonly partitionKey?: readonly string[];
}

/** What answers PREPARE. */
export interface PreparedOptions extends ParameterOptions, ResponseOptions {
  /** The columns of its rows. Default: not known before it runs. */
  readonly columns?: Columns;
  /** Default: the MD5 of keyspace and text, as in Cassandra. */
  readonly id?: Uint8Array | string;
}

/** The names of {@link ParameterOptions} and of what may come with any response, and what they may be. */
export const PARAMETER_CHECKS: Checks<ParameterOptions & ResponseOptions> = {
  ...COLUMN_CHECKS,
  ...RESPONSE_CHECKS,
  parameters: anything,
  partitionKey: list,
};

const CHECKS: Checks<PreparedOptions> = { ...PARAMETER_CHECKS, columns: anything, id: anything };

/** The flags of metadata. */
const GLOBAL_TABLES_SPEC = 0x1;
const NO_METADATA = 0x4;

/**
 * Answers PREPARE. The server remembers the statement, so that EXECUTE of its id is known by its text and its values by
 * their types.
 *
 * Without a rule for it, a server prepares whatever it is asked to; this is for the types of the markers, and for the
 * columns. Native protocol v5, section 4.2.5.4.
 *
 * @throws ConfigurationError for an option that there is not, a type that is none, or a partition key that is no parameter.
 *
 * @example
 * ```ts
 * when(opcode('PREPARE').and(cql(/^INSERT/))).reply(prepared({ parameters: { id: 'int', name: 'text' }, partitionKey: ['id'] }));
 * ```
 */
export function prepared(options: PreparedOptions = {}): CqlResponse {
  checkOptions(options, CHECKS, 'options of prepared()');
  const columns = resolveColumns(options.columns ?? {}, options);
  return preparation(columns, options);
}

/** The same, of columns that are resolved already. */
export function preparation(columns: readonly ServerColumn[], options: PreparedOptions): CqlResponse {
  const given = options.parameters === undefined ? undefined : resolveColumns(options.parameters, options);
  const partitionKey = (parameters: readonly ServerColumn[]): number[] =>
    (options.partitionKey ?? []).map((name) => {
      const index = parameters.findIndex((parameter) => parameter.name === name);
      if (index < 0)
        throw new ConfigurationError(`The partition key names "${name}", which is none of the parameters.`);
      return index;
    });
  if (given !== undefined) partitionKey(given);
  const statement = (request: CqlRequest): ServerStatement => {
    const cql = request.cql ?? '';
    const parameters =
      given ??
      resolveColumns(
        markersOf(cql).map((name) => [name, 'text'] as const),
        options,
      );
    const id = options.id === undefined ? statementId(cql, request.keyspace) : Buffer.from(options.id);
    return { id, cql, parameters, partitionKey: partitionKey(parameters), columns };
  };
  return new CqlResponse({
    opcode: Opcode.RESULT,
    options,
    statement,
    write: (writer, { request, version, hasMetadataIds = version >= 5 }) => {
      if (request === undefined) throw new ConfigurationError('prepared() answers PREPARE, and nothing else.');
      const { id, parameters, partitionKey: key } = statement(request);
      writer.i32(4);
      writeShortBytes(writer, id);
      if (hasMetadataIds) writeShortBytes(writer, metadataId(columns));
      // <flags int> <columns_count int> <pk_count int> pk_count x <index short> <parameters>
      writer.i32(haveOneTable(parameters) ? GLOBAL_TABLES_SPEC : 0);
      writer.i32(parameters.length);
      writer.i32(key.length);
      for (const index of key) writer.u16(index);
      writeColumns(writer, parameters, version);
      // <flags int> <columns_count int> <columns>
      writer.i32(columns.length === 0 ? NO_METADATA : haveOneTable(columns) ? GLOBAL_TABLES_SPEC : 0);
      writer.i32(columns.length);
      writeColumns(writer, columns, version);
    },
  });
}
