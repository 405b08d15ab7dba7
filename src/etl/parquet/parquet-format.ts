import { type Checks, checkOptions, oneOf, wholeNumber } from '../../check.js';
import type { Column } from '../../operators/page.js';
import type { FileFormat } from '../files/file-format.js';
import { columnType } from '../files/column-type.js';
import { compressionOf, type ParquetCompression } from './parquet-compression.js';
import { ParquetEncoder } from './parquet-encoder.js';

/** How a Parquet file is written. */
export interface ParquetFormatOptions {
  /** How its pages are compressed; default `'snappy'`. `'zstd'` needs Node 22.15, 23.8 or newer. */
  compression?: ParquetCompression;
  /** Rows a row group, at most; default 10,000. What is read later is read a row group at a time. */
  rowGroupRows?: number;
  /** About how many bytes of values a row group has before they are compressed, at most; default 16 MiB. */
  rowGroupBytes?: number;
}

/** @internal */
export const PARQUET_CHECKS: Checks<ParquetFormatOptions> = {
  compression: oneOf('snappy', 'gzip', 'zstd', 'none'),
  rowGroupRows: wholeNumber(1, 10_000_000),
  rowGroupBytes: wholeNumber(1, 2 ** 30),
};

/**
 * Files of Apache Parquet, whose columns have the types that are nearest to those of CQL: docs/etl.md has the table. The CQL types themselves stand in
 * the metadata of the file, so that `fromParquet()` gives every value back as it was.
 *
 * The rows of a row group are held in memory until it is full.
 *
 * @throws ConfigurationError for an option that does not exist or is out of range, or zstd where Node has none.
 */
export function parquetFormat(options: ParquetFormatOptions = {}): FileFormat {
  checkOptions<ParquetFormatOptions>(options, PARQUET_CHECKS, 'options of parquetFormat()');
  const { compression = 'snappy', rowGroupRows = 10_000, rowGroupBytes = 16 * 1024 * 1024 } = options;
  const limits = { rows: rowGroupRows, bytes: rowGroupBytes };
  const chosen = compressionOf(compression);
  return {
    extension: 'parquet',
    isCompressible: false,
    encoder: (columns) => new ParquetEncoder(byName(columns), chosen, limits),
  };
}

/** Of several columns with one name, rows have the last. */
function byName(columns: readonly Column[]): { name: string; type: ReturnType<typeof columnType> }[] {
  const types = new Map(columns.map((column) => [column.name, columnType(column)]));
  return Array.from(types, ([name, type]) => ({ name, type }));
}
