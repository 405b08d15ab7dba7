import type { Column } from '../../operators/page.js';

/** A kind of file. */
export interface FileFormat {
  /** Without a dot. */
  readonly extension: 'csv' | 'ndjson' | 'parquet';
  /** Whether gzip and zstd make sense; Parquet compresses by itself. */
  readonly isCompressible: boolean;
  /** How its files are written, as far as their readers have to know it: the same for all files of a folder. */
  readonly settings?: string;
  encoder(columns: readonly Column[]): FileEncoder;
}

/** Writes one file. The bytes that it returns are its own: they have been written, or copied, before the next call. */
export interface FileEncoder {
  /** What the file begins with. */
  begin(): Uint8Array;
  /** The bytes that these records add; may be empty, if they are kept for later. */
  add(records: Iterable<Readonly<Record<string, unknown>>>): Uint8Array;
  /** What the file ends with. */
  end(): Uint8Array;
}
