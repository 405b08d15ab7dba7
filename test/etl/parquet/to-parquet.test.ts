import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { concat, lastValueFrom, NEVER, throwError, toArray } from 'rxjs';
import { BindError, ConfigurationError, pagesFrom } from 'rxcql';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/etl/files/file-error.js';
import { toParquet, type ToParquetOptions } from '../../../src/etl/parquet/to-parquet.js';
import { fileOf, newPath, rowsOf, useFolder } from './support.js';

useFolder();

const COLUMNS = { id: 'int', tags: 'list<text>' };
const rows = Array.from({ length: 25 }, (_, id) => ({ id, tags: [`t${id}`] }));
const pages = () => pagesFrom(rows, { pageSize: 10 });
const options: ToParquetOptions = { columns: COLUMNS, rowGroupRows: 8 };

describe('toParquet', () => {
  it('writes a file that is read as it was written', async () => {
    const path = newPath();
    const written = await lastValueFrom(pages().pipe(toParquet(path, options), toArray()));
    expect(written).toMatchObject([{ file: path, rows: 25 }]);
    expect(await rowsOf(path)).toEqual(rows);
  });

  it('writes to a stream', async () => {
    const chunks: Buffer[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        chunks.push(chunk);
        done();
      },
    });
    await lastValueFrom(pages().pipe(toParquet(stream, options)));
    expect(await rowsOf(await fileOf(Buffer.concat(chunks)))).toEqual(rows);
  });

  it('leaves no file behind where the source errors, a value does not fit or nobody listens any more', async () => {
    const path = newPath();
    const leftovers = () => readdirSync(new URL('.', `file://${path}`)).filter((name) => path.endsWith(name.replace('.tmp', ''))); // prettier-ignore
    const failing = concat(pages(), throwError(() => new Error('lost'))); // prettier-ignore
    await expect(lastValueFrom(failing.pipe(toParquet(path, options)))).rejects.toThrow('lost');
    const misfit = pagesFrom([{ id: 'x' }]).pipe(toParquet(path, options));
    await expect(lastValueFrom(misfit)).rejects.toThrow(BindError);
    const left = concat(pages(), NEVER).pipe(toParquet(path, options)).subscribe();
    await expect.poll(leftovers).not.toEqual([]);
    left.unsubscribe();
    await expect.poll(leftovers).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('refuses a file that is there, a name that ends as a compressed one does, and options that it does not know', async () => {
    const failure = (sink: string, more: object = {}): Promise<unknown> =>
      lastValueFrom(pages().pipe(toParquet(sink, { ...options, ...more }))).catch((error: unknown) => error);
    const path = newPath();
    writeFileSync(path, 'precious');
    expect(await failure(path)).toBeInstanceOf(FileError);
    expect(await failure(newPath('parquet.gz'))).toBeInstanceOf(ConfigurationError);
    expect(await failure(newPath(), { delimiter: ';' })).toBeInstanceOf(ConfigurationError);
    expect(await failure(newPath(), { compression: 'lzma' })).toBeInstanceOf(ConfigurationError);
  });
});
