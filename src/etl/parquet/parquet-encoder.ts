import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { getOwn } from '../../codec/own.js';
import type { CqlType } from '../../codec/type.js';
import { BindError } from '../../errors.js';
import type { FileEncoder } from '../files/file-format.js';
import { columnTypesEntry } from './column-types-entry.js';
import type { compressionOf } from './parquet-compression.js';
import { schemaOf, type TypedColumn } from './parquet-schema.js';
import { LEAST_BYTES, physicalValue, type Tally, type ToPhysical } from './physical-value.js';

/** When a row group is full. */
interface RowGroupLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** A column of the row group that is being gathered. */
interface ColumnInMaking {
  readonly name: string;
  /** Whether every object has something under the name, which is none of its values. */
  readonly isInherited: boolean;
  readonly convert: ToPhysical;
  readonly options: object;
  /** Always the same array, for a new one for each row group would grow anew, and be garbage that is old. */
  readonly values: unknown[];
}

/**
 * ```
 * "PAR1", row group..., the footer: schema, where each column of each row group is, the CQL types
 * ```
 *
 * Rows are gathered until a row group is full, for all values of a column lie together.
 */
export class ParquetEncoder implements FileEncoder {
  private readonly columns: readonly ColumnInMaking[];
  private readonly limits: RowGroupLimits;
  private readonly tally: Tally = { bytes: 0 };
  private readonly writer: ByteWriter = new ByteWriter();
  private readonly parquet: ParquetWriter;
  private rows = 0;

  constructor(columns: readonly TypedColumn[], compression: ReturnType<typeof compressionOf>, limits: RowGroupLimits) {
    this.limits = limits;
    this.columns = columns.map(({ name, type }) => ({
      name,
      isInherited: name in Object.prototype,
      convert: physicalValue(type, this.tally),
      options: columnOptions(type),
      values: [],
    }));
    this.parquet = new ParquetWriter({
      writer: this.writer,
      schema: schemaOf(columns),
      kvMetadata: [columnTypesEntry(columns)],
      createdBy: 'rxcql',
      ...compression,
    });
  }

  begin(): Uint8Array {
    return this.taken();
  }

  add(records: Iterable<Readonly<Record<string, unknown>>>): Uint8Array {
    const { columns, limits, tally } = this;
    const fixed = columns.length * LEAST_BYTES;
    for (const record of records) {
      for (const column of columns) column.values[this.rows] = converted(column, record);
      tally.bytes += fixed;
      if (++this.rows >= limits.rows || tally.bytes >= limits.bytes) this.writeGroup();
    }
    return this.taken();
  }

  end(): Uint8Array {
    if (this.rows > 0) this.writeGroup();
    void this.parquet.finish();
    return this.taken();
  }

  private writeGroup(): void {
    const { columns, rows } = this;
    const columnData = columns.map(({ name, values, options }) => {
      // Of a row group that was longer.
      if (values.length > rows) values.length = rows;
      return { name, data: values, ...options };
    });
    // It is synchronous where the writer is, as ours.
    void this.parquet.write({ columnData, rowGroupSize: rows });
    for (const { values } of columns) values.fill(undefined);
    this.rows = 0;
    this.tally.bytes = 0;
  }

  /** What has been written since; the bytes are the caller's. */
  private taken(): Uint8Array {
    const { writer } = this;
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  }
}

function converted({ name, isInherited, convert }: ColumnInMaking, record: Readonly<Record<string, unknown>>): unknown {
  try {
    return convert(isInherited ? getOwn(record, name) : record[name]);
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    const message = `The value of the column ${JSON.stringify(name)} cannot be written: ${error.message}.`;
    throw new BindError(message, { cause: error.cause, column: name });
  }
}

/** Least and greatest values tell readers what they need not read; of texts they would be long, and of UUIDs they tell nothing. */
const ORDERED: ReadonlySet<CqlType['kind']> = new Set(
  'tinyint smallint int bigint counter timestamp date time float double'.split(' ') as CqlType['kind'][],
);

function columnOptions(type: CqlType): object {
  return {
    statistics: ORDERED.has(type.kind),
    offsetIndex: false,
    // A dictionary of the library takes 0 and -0 for one number.
    ...(hasFloats(type) && { encoding: 'PLAIN' }),
  };
}

function hasFloats(type: CqlType): boolean {
  switch (type.kind) {
    case 'float':
    case 'double':
      return true;
    case 'list':
    case 'set':
    case 'vector':
      return hasFloats(type.element);
    case 'map':
      return hasFloats(type.key) || hasFloats(type.value);
    case 'tuple':
      return type.elements.some(hasFloats);
    case 'udt':
      return type.fields.some((field) => hasFloats(field.type));
    default:
      return false;
  }
}
