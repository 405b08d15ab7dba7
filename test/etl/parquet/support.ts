import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatMap, lastValueFrom, toArray } from 'rxjs';
import type { Column, Row } from 'rxcql';
import { afterAll, beforeAll } from 'vitest';
import type { CqlType } from '../../../src/codec/type.js';
import { formatType } from '../../../src/codec/type.js';
import { fromParquet, type ParquetReadOptions } from '../../../src/etl/parquet/from-parquet.js';
import { parquetFormat, type ParquetFormatOptions } from '../../../src/etl/parquet/parquet-format.js';

let folder: string;
let files = 0;

/** Has a folder for what the tests of a file write. */
export function useFolder(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rxcql-test-parquet-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
}

/** The path of a file that is not there yet. */
export const newPath = (extension = 'parquet'): string => join(folder, `${files++}.${extension}`);

/** A column as pages of a session have it: with its type as a structure. */
export function column(name: string, type: CqlType): Column {
  return { name, type: formatType(type), keyspace: 'ks', table: 't', cqlType: type } as Column;
}

export function encoded(columns: readonly Column[], rows: readonly Row[], options?: ParquetFormatOptions): Buffer {
  const encoder = parquetFormat(options).encoder(columns);
  return Buffer.concat([encoder.begin(), encoder.add(rows), encoder.end()]);
}

/** The path of a file with these bytes. */
export async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = newPath();
  await writeFile(path, bytes);
  return path;
}

export function rowsOf(path: string, options?: ParquetReadOptions): Promise<Row[]> {
  return lastValueFrom(
    fromParquet(path, options).pipe(
      concatMap((page) => page),
      toArray(),
    ),
  );
}
