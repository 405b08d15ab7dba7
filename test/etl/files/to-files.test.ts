import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import * as zlib from 'node:zlib';
import {
  concat,
  defer,
  EMPTY,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  throwError,
  toArray,
} from 'rxjs';
import { ConfigurationError, type Page, pages, pagesFrom } from 'rxcql';
import { csvFormat, FileError, type FileFormat, type FileWritten, toCsv, toFiles, toNdjson } from 'rxcql/etl';
import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../support/served-session.js';
import { columnsOf, item, items, pageOf, temporaryFolders } from './support.js';

const folderOf = temporaryFolders();
const written = (source: Observable<FileWritten>): Promise<FileWritten[]> => lastValueFrom(source.pipe(toArray()));
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('writing one file', () => {
  it('has the rows of all pages, and says what was written', async () => {
    const file = join(folderOf(), 'a.csv');
    const source = of(pageOf([item(0)]), pageOf([]), pageOf(items(1, 3)));
    const [one, ...others] = await written(source.pipe(toCsv(file)));
    const bytes = readFileSync(file);
    expect(bytes.toString()).toBe('id,name\n0,\n1,name 1\n2,name 2\n3,\n');
    expect([one, others]).toEqual([{ file, rows: 4, bytes: bytes.length, sha256: sha256(bytes) }, []]);
    expect(readdirSync(join(file, '..'))).toEqual(['a.csv']);
  });

  it('has nothing of a source without pages, and the names of columns of one without rows', async () => {
    const folder = folderOf();
    expect(await written(EMPTY.pipe(toCsv(join(folder, 'a.csv'))))).toMatchObject([{ rows: 0, bytes: 0 }]);
    await written(of(pageOf([])).pipe(toCsv(join(folder, 'b.csv'))));
    await written(of(pageOf([])).pipe(toNdjson(join(folder, 'c.ndjson'))));
    const texts = ['a.csv', 'b.csv', 'c.ndjson'].map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(texts).toEqual(['', 'id,name\n', '']);
  });

  it('has another name until it is whole, and none if it is left before', async () => {
    const folder = folderOf();
    const file = join(folder, 'a.csv');
    const subscription = concat(of(pageOf([item(1)])), NEVER).pipe(toCsv(file)).subscribe(); // prettier-ignore
    expect(readdirSync(folder)).toEqual(['a.csv.tmp']);
    subscription.unsubscribe();
    expect(readdirSync(folder)).toEqual([]);
    const late = concat(of(pageOf([item(1)])), NEVER).pipe(toCsv(`${file}.gz`)).subscribe(); // prettier-ignore
    await settled();
    late.unsubscribe();
    await settled();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing of what fails, and what was there before', async () => {
    const folder = folderOf();
    const file = join(folder, 'a.csv');
    const mine = new Error('mine');
    const unreadable = pageOf(
      (function* () {
        yield item(1);
        throw mine;
      })(),
    );
    const failing: FileFormat = {
      ...csvFormat(),
      encoder: () => ({ begin: () => new Uint8Array(1), add: () => expect.fail('mine'), end: () => new Uint8Array() }),
    };
    for (const source of [
      concat(of(pageOf([item(1)])), throwError(() => mine)).pipe(toCsv(file)), // prettier-ignore
      of(unreadable).pipe(toCsv(file)),
      of(pageOf([item(1)])).pipe(toFiles(failing, file)),
    ]) {
      expect((await failureOf(source)).message).toBe('mine');
      expect(readdirSync(folder)).toEqual([]);
    }
    writeFileSync(file, 'before');
    expect(await failureOf(throwError(() => mine).pipe(toCsv(file, { overwrite: true })))).toBe(mine);
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['before', ['a.csv']]);
  });

  it('refuses to replace one that is there, before anything is read, unless that is wanted', async () => {
    const file = join(folderOf(), 'a.csv');
    writeFileSync(file, 'before');
    const read = vi.fn(() => of(pageOf([item(1)])));
    const error = await failureOf(defer(read).pipe(toCsv(file)));
    expect(error).toMatchObject({ name: 'FileError', code: 'ERR_RXCQL_FILE', file });
    expect(error.message).toContain('is there already');
    expect(read).not.toHaveBeenCalled();
    await written(of(pageOf([item(1)])).pipe(toCsv(file, { overwrite: true })));
    expect(readFileSync(file, 'utf8')).toBe('id,name\n1,name 1\n');
  });

  it('says what is wrong with the path, and that the disk is full', async () => {
    const folder = folderOf();
    const file = join(folder, 'a.csv');
    writeFileSync(file, '');
    const page = of(pageOf([item(1)]));
    expect((await failureOf(page.pipe(toCsv(folder)))).message).toContain('is a folder: give { folder: ');
    expect(await failureOf(page.pipe(toCsv(join(file, 'b.csv'))))).toMatchObject({ code: 'ERR_RXCQL_FILE' });
    const missing = await failureOf(page.pipe(toCsv(join(folder, 'none', 'b.csv'))));
    expect(missing).toMatchObject({ code: 'ERR_RXCQL_FILE', cause: { code: 'ENOENT' } });
    const full = await failureOf(page.pipe(toCsv('/dev/full')));
    expect(full).toMatchObject({ file: '/dev/full', code: 'ERR_RXCQL_FILE', cause: { code: 'ENOSPC' } });
    expect(full.message).toBe('The file "/dev/full" could not be written: ENOSPC: no space left on device, write.');
    expect(existsSync('/dev/full.tmp')).toBe(false);
    expect(await written(page.pipe(toCsv('/dev/null')))).toMatchObject([{ file: '/dev/null', rows: 1 }]);
  });

  it('is compressed if its name says so: one member', async () => {
    const folder = folderOf();
    const file = join(folder, 'a.ndjson.gz');
    const source = from(Array.from({ length: 20 }, (_, i) => pageOf(items(i * 500, 500))));
    const [one] = await written(source.pipe(toNdjson(file)));
    const bytes = readFileSync(file);
    expect(one).toEqual({ file, rows: 10_000, bytes: bytes.length, sha256: sha256(bytes) });
    const lines = zlib.gunzipSync(bytes).toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(items(0, 10_000));
    expect(bytes.indexOf(Buffer.from([0x1f, 0x8b, 8]), 1)).toBe(-1);
  });

  it('is compressed with zstd where Node can, and an error where it cannot', async () => {
    const folder = folderOf();
    const source = of(pageOf(items(0, 5_000)), pageOf(items(5_000, 5_000)));
    const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Buffer };
    const file = join(folder, 'a.csv.zst');
    if (zstdDecompressSync === undefined) {
      const error = await failureOf(source.pipe(toCsv(file)));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('cannot compress with zstd');
      expect(readdirSync(folder)).toEqual([]);
    } else {
      await written(source.pipe(toCsv(file)));
      expect(zstdDecompressSync(readFileSync(file)).toString().split('\n').length).toBe(10_002);
    }
  });

  it('takes the columns that are given: some of them, or those of rows that do not say', async () => {
    const folder = folderOf();
    const columns = { name: 'text' };
    await written(of(pageOf(items(1, 2))).pipe(toCsv(join(folder, 'a.csv'), { columns })));
    await written(pagesFrom(items(1, 2)).pipe(toNdjson(join(folder, 'b.ndjson'), { columns })));
    expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe('name\nname 1\nname 2\n');
    expect(readFileSync(join(folder, 'b.ndjson'), 'utf8')).toBe('{"name":"name 1"}\n{"name":"name 2"}\n');
    const none = await failureOf(pagesFrom(items(1, 2)).pipe(toCsv(join(folder, 'c.csv'))));
    expect(none.message).toContain('do not say which columns they have');
    const double = pageOf([item(1)], [...columnsOf({ id: 'int' }), ...columnsOf({ id: 'int' })]);
    await written(of(double).pipe(toCsv(join(folder, 'd.csv'))));
    expect(readFileSync(join(folder, 'd.csv'), 'utf8')).toBe('id\n1\n');
  });

  it('refuses what is no page, rows that are no objects, and other columns than before', async () => {
    const file = join(folderOf(), 'a.csv');
    const other = of(pageOf([item(1)]), pageOf([{ id: 1 }], columnsOf({ id: 'int' })));
    const error = await failureOf(other.pipe(toCsv(file)));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toContain('had the columns id int, name text, and then id int.');
    for (const [source, text] of [
      [of(item(1)), 'takes the pages of a query'],
      [of(pageOf([[1, 'a']])), 'rows as objects'],
      [of(pageOf([null])), 'rows as objects'],
    ] as const) {
      const mistake = await failureOf((source as Observable<Page>).pipe(toCsv(file)));
      expect(mistake).toBeInstanceOf(ConfigurationError);
      expect(mistake.message).toContain(text);
    }
  });

  it.each([
    [{ delimiter: ';;' }, '"delimiter"'],
    [{ quote: '\n' }, '"quote"'],
    [{ delimiter: '"' }, 'must not be the same'],
    [{ nullText: 'a,b' }, '"nullText"'],
    [{ nullText: '\r' }, '"nullText"'],
    [{ eol: '\r' }, '"eol"'],
    [{ columns: {} }, '"columns"'],
    [{ columns: { id: 'integer' } }, 'integer'],
    [{ overwrite: 1 }, '"overwrite"'],
    [{ delimeter: ',' }, 'Did you mean "delimiter"?'],
  ])('refuses the options %j', async (options, text) => {
    const error = await failureOf(of(pageOf([item(1)])).pipe(toCsv(join(folderOf(), 'a.csv'), options as never)));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(text);
  });
});

describe('writing to a stream', () => {
  /** Holds what it is given until it is let go on. */
  class Slow extends Writable {
    readonly taken: string[] = [];
    readonly waiting: ((error?: Error) => void)[] = [];

    override _write(chunk: Buffer, _: string, callback: (error?: Error) => void): void {
      this.taken.push(chunk.toString());
      this.waiting.push(callback);
    }
  }

  it('asks for the next page when the one before has been taken, and does not end it', async () => {
    const stream = new Slow();
    const fetched: number[] = [];
    const source = pages<object, number>((state = 0) => {
      fetched.push(state);
      return [{ rows: [{ id: state }], pagingState: state < 2 ? state + 1 : undefined }];
    });
    const done = written(source.pipe(toCsv(stream, { columns: { id: 'int' }, header: false })));
    for (let page = 0; page < 3; page++) {
      await settled();
      expect([fetched.length, stream.taken.length]).toEqual([page + 1, page + 1]);
      stream.waiting.shift()!();
    }
    const text = '0\n1\n2\n';
    expect(await done).toEqual([{ file: '-', rows: 3, bytes: 6, sha256: sha256(Buffer.from(text)) }]);
    expect([stream.taken.join(''), stream.writableEnded, stream.listenerCount('error')]).toEqual([text, false, 0]);
  });

  it('errors with what the stream fails with', async () => {
    const stream = new Slow();
    const epipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const source = new Subject<Page>();
    const failure = failureOf(source.pipe(toCsv(stream)));
    source.next(pageOf([item(1)]));
    stream.waiting[0]!(epipe);
    expect(await failure).toMatchObject({ code: 'ERR_RXCQL_FILE', file: '-', cause: { code: 'EPIPE' } });
    await settled();
    const ended = new PassThrough();
    ended.destroy();
    expect(await failureOf(of(pageOf([item(1)])).pipe(toCsv(ended)))).toMatchObject({ code: 'ERR_RXCQL_FILE' });
    await settled();
  });

  it('is left while it takes something, and may fail then', async () => {
    const stream = new Slow();
    const page = pageOf([item(1)]);
    of(page).pipe(toCsv(stream)).subscribe().unsubscribe();
    stream.waiting[0]!(new Error('late'));
    await settled();
    expect([page.isDelivered, stream.destroyed]).toEqual([false, true]);
  });
});
