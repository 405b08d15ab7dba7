import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { concatMap, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { ConfigurationError, Decimal, type Page, type Row } from 'rxcql';
import type { FilePage } from 'rxcql/etl';
import { describe, expect, it, vi } from 'vitest';
import { FileError } from '../../../src/etl/files/file-error.js';
import { fromParquet } from '../../../src/etl/parquet/from-parquet.js';
import { column, encoded, fileOf, newPath, rowsOf, useFolder } from './support.js';

useFolder();

const theirs = (name: string): string => new URL(`files/${name}.parquet`, import.meta.url).pathname;
const ids = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));
const INT = [column('id', { kind: 'int' })];
const file = (count: number, rowGroupRows = 10): Promise<string> => fileOf(encoded(INT, ids(count), { rowGroupRows }));

it('knows how much of all files has been read', async () => {
  const paths = [await file(20), await file(5)];
  const sizes = paths.map((path) => statSync(path).size) as [number, number];
  const all = sizes[0] + sizes[1];
  const places = await lastValueFrom(
    fromParquet(paths).pipe(
      map((page) => (page.skip(), (page as FilePage<Row>).positionOf(0))),
      toArray(),
    ),
  );
  expect(places.map(({ offset, size }) => [offset, size])).toEqual([[Math.round(sizes[0] / 2), all], [sizes[0], all], [all, all]]); // prettier-ignore
  expect(JSON.stringify(places[1])).toBe(JSON.stringify({ file: paths[0], line: 11 }));
});

it('leaves a stream that never ends, and its temporary file', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('rxcql-parquet-'));
  const stream = new PassThrough();
  const reading = fromParquet(() => stream).subscribe();
  stream.write('PAR1');
  await vi.waitFor(() => expect(temporaryFolders(before).length).toBe(1));
  reading.unsubscribe();
  await vi.waitFor(() => expect([temporaryFolders(before), stream.destroyed]).toEqual([[], true]));
});

const temporaryFolders = (before: readonly string[]): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('rxcql-parquet-') && !before.includes(name));

describe('fromParquet, of files that others wrote', () => {
  it('reads each type by its logical one', async () => {
    const rows = await rowsOf(theirs('types'));
    expect(rows[0]).toEqual({
      bool: true,
      i8: -128,
      i16: -32_768,
      i32: -(2 ** 31),
      i64: -(2n ** 63n),
      u8: 0,
      u16: 0,
      u32: 0n,
      u64: 0n,
      f16: 1.5,
      f32: 1.5,
      f64: 0.1,
      text: '',
      bytes: Buffer.alloc(0),
      fixed: Buffer.from('abc'),
      uuid: '00000000-0000-0000-0000-000000000000',
      date: '0001-01-01',
      time_ms: '00:00:00.000000000',
      time_us: '00:00:00.000000000',
      time_ns: '00:00:00.000000000',
      at_ms: new Date(-1),
      at_us: new Date(-1),
      at_ns: new Date(-1),
      money: new Decimal(-1250n, 2),
      small: new Decimal(-1n, 1),
      big: new Decimal(-100_001n, 5),
      list: [1, null, 3],
      lists: [['a'], [], null],
      map: new Map([[2, [0.5]], [1, null]]), // prettier-ignore
      struct: { street: 'a', zip: 1 },
      structs: [{ street: 'a', zip: 1 }, null],
    });
    expect(new Set(Object.values(rows[1]!))).toEqual(new Set([null]));
    expect(rows[2]).toMatchObject({
      u32: 2n ** 32n - 1n,
      u64: 2n ** 64n - 1n,
      f32: Infinity,
      f64: -0,
      text: 'grün 🌍',
      uuid: '00112233-4455-6677-8899-aabbccddeeff',
      time_us: '23:59:59.999999000',
      time_ns: '23:59:59.999999999',
      at_us: new Date(1_763_769_600_000),
      at_ns: new Date(1_763_769_600_000),
      money: new Decimal(9_999_999_999n, 2),
      big: new Decimal(BigInt('9'.repeat(50)) * 100_000n, 5),
      list: [],
      lists: [['b', 'c']],
      map: new Map(),
      struct: { street: null, zip: null },
      structs: [{ street: null, zip: 2 }],
    });
  });

  it('says which CQL types these are', async () => {
    const page = await firstValueFrom(fromParquet(theirs('types')));
    const types = Object.fromEntries(page.columns.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({ u8: 'smallint', u32: 'bigint', u64: 'varint', uuid: 'uuid', at_ns: 'timestamp' });
    expect(types).toMatchObject({ money: 'decimal', map: 'map<int, list<double>>', structs: 'list<element>' });
  });

  it('reads pages compressed in every way, with dictionaries and without', async () => {
    const rows = await rowsOf(theirs('pages'));
    const codecs = ['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'];
    const expected = Array.from({ length: 2_000 }, (_, n) => ({
      ...Object.fromEntries(codecs.map((codec) => [codec, n % 7 === 0 ? null : `${codec} ${n % 50}`])),
      n,
      list: Array.from({ length: n % 4 }, () => BigInt(n)),
    }));
    expect(rows).toEqual(expected);
  });
});

describe('fromParquet', () => {
  it('has pages of one row group each, with columns and with where their rows are', async () => {
    const path = await file(25);
    const pages = await lastValueFrom(
      fromParquet(path, { pageSize: 6 }).pipe(
        concatMap((page) => [{ page, rows: page.toArray() }]),
        toArray(),
      ),
    );
    expect(pages.map(({ rows }) => rows.length)).toEqual([6, 4, 6, 4, 5]);
    expect(pages.flatMap(({ rows }) => rows)).toEqual(ids(25));
    const { page } = pages[2]!;
    expect(page.columns).toMatchObject([{ name: 'id', type: 'int' }]);
    expect((page as Page & { positionOf(row: number): unknown }).positionOf(1)).toEqual({ file: path, line: 12 });
  });

  it('reads the next page when the one before has been delivered, and not sooner', async () => {
    const pages: Page[] = [];
    const reading = fromParquet(await file(25)).subscribe((page) => pages.push(page));
    const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
    await expect.poll(() => pages.length).toBe(1);
    await settled();
    expect(pages).toHaveLength(1);
    pages[0]!.skip();
    await expect.poll(() => pages.length).toBe(2);
    await settled();
    expect(pages).toHaveLength(2);
    reading.unsubscribe();
    pages[1]!.skip();
    await settled();
    expect(pages).toHaveLength(2);
  });

  it('reads a file without rows, without row groups, and no file at all', async () => {
    expect(await rowsOf(await fileOf(encoded(INT, [])))).toEqual([]);
    expect(await lastValueFrom(fromParquet([]).pipe(toArray()))).toEqual([]);
  });

  it('reads only the columns that it is told, in that order', async () => {
    const columns = ['a', 'b', 'c'].map((name) => column(name, { kind: 'list', element: { kind: 'text' } }));
    const path = await fileOf(encoded(columns, [{ a: ['1'], b: ['2'], c: ['3'] }]));
    const [row] = await rowsOf(path, { columns: ['c', 'a'] });
    expect(Object.entries(row!)).toEqual([['c', ['3']], ['a', ['1']]]); // prettier-ignore
    await expect(rowsOf(path, { columns: ['d'] })).rejects.toThrow('has no column "d"');
  });

  it('reads several files, all of a folder in the order of their names, and a stream', async () => {
    const folder = newPath('folder');
    await mkdir(folder);
    for (const name of ['b.parquet', 'a.parquet', 'manifest.json']) {
      await writeFile(join(folder, name), name.endsWith('json') ? '{}' : encoded(INT, [{ id: name.charCodeAt(0) }]));
    }
    expect(await rowsOf(folder)).toEqual([{ id: 97 }, { id: 98 }]);
    const both = fromParquet([join(folder, 'b.parquet'), folder]).pipe(concatMap((page) => page));
    expect(await lastValueFrom(both.pipe(toArray()))).toEqual([{ id: 98 }, { id: 97 }, { id: 98 }]);
    const bytes = readFileSync(join(folder, 'a.parquet'));
    const halves = [bytes.subarray(0, 20), bytes.subarray(20)];
    const stream = fromParquet(() => Readable.from(halves)).pipe(concatMap((page) => page), toArray()); // prettier-ignore
    expect(await lastValueFrom(stream)).toEqual([{ id: 97 }]);
    expect(await lastValueFrom(stream)).toEqual([{ id: 97 }]);
  });

  it('leaves nothing open and nothing behind when it is left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rxcql-test-spool-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    try {
      const bytes = encoded(INT, ids(100), { rowGroupRows: 10 });
      const pages = fromParquet(() => Readable.from([bytes]));
      await firstValueFrom(pages);
      await expect.poll(() => readdirSync(folder)).toEqual([]);
      await lastValueFrom(pages.pipe(concatMap((page) => page), take(15))); // prettier-ignore
      await expect.poll(() => readdirSync(folder)).toEqual([]);
      await expect(lastValueFrom(fromParquet(() => Readable.from([Buffer.from('x')])))).rejects.toThrow(FileError);
      await expect.poll(() => readdirSync(folder)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['a text', Buffer.from('id,name\n1,a\n2,b\n3,c\n')],
    ['a footer alone', Buffer.from('\x10\0\0\0PAR1', 'latin1')],
  ])('fails with a FileError for %s', async (_, bytes) => {
    const path = await fileOf(bytes);
    const error = await rowsOf(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code: 'ERR_RXCQL_FILE', file: path });
    expect((error as Error).message).toMatch(/ is damaged, ends too early, or is none\.$/);
  });

  it('says what the system says of a file that cannot be read', async () => {
    await expect(rowsOf('/nowhere/orders.parquet')).rejects.toThrow(
      '/nowhere/orders.parquet cannot be read: ENOENT: no such file or directory',
    );
    const folder = newPath('folder');
    await mkdir(folder);
    await expect(rowsOf(folder)).rejects.toThrow('has no files *.parquet');
  });

  it('fails with a FileError, and nothing else, for a file that is damaged or ends too early', async () => {
    const bytes = readFileSync(theirs('types'));
    const outcome = async (damaged: Buffer): Promise<string> => {
      const error: unknown = await rowsOf(await fileOf(damaged)).catch((caught: unknown) => caught);
      return error instanceof Error ? error.constructor.name : 'rows';
    };
    const cut = Array.from({ length: 20 }, (_, i) => bytes.subarray(0, Math.floor((i * bytes.length) / 20)));
    expect(new Set(await Promise.all(cut.map(outcome)))).toEqual(new Set(['FileError']));
    const changed = Array.from({ length: 150 }, (_, i) => {
      const copy = Buffer.from(bytes);
      const at = (i * 7_919) % copy.length;
      copy[at]! ^= 1 << (i % 8);
      return copy;
    });
    const seen = new Set<string>();
    for (const copy of changed) seen.add(await outcome(copy));
    expect(seen).toEqual(new Set(['rows', 'FileError']));
  });

  it('says where a value is that cannot be read, and goes on with the next page', async () => {
    const types = [column('v', { kind: 'varint' })];
    const bytes = encoded(types, [{ v: 1n }, { v: 22_222n }, { v: 3n }], { compression: 'none' });
    bytes.write('x', bytes.indexOf('22222'));
    const path = await fileOf(bytes);
    const outcomes: unknown[] = [];
    await lastValueFrom(
      fromParquet(path, { pageSize: 1 }).pipe(
        concatMap((page) => {
          try {
            outcomes.push(page.one());
          } catch (error) {
            outcomes.push(error);
          }
          return [];
        }),
      ),
      { defaultValue: undefined },
    );
    expect(outcomes).toMatchObject([{ v: 1n }, { file: path, line: 2 }, { v: 3n }]);
    expect((outcomes[1] as Error).message).toContain('The column "v" of row 2');
  });

  it('refuses what it does not know', async () => {
    const refused = async (options: object): Promise<unknown> =>
      lastValueFrom(fromParquet('a', options)).catch((error: unknown) => error);
    expect(await refused({ pageSize: 0 })).toBeInstanceOf(ConfigurationError);
    expect(await refused({ page: 1 })).toBeInstanceOf(ConfigurationError);
    const nothing = lastValueFrom(fromParquet({} as never)).catch((error: unknown) => error);
    expect(await nothing).toBeInstanceOf(ConfigurationError);
  });
});
